"""Accounts, for administrators."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.forms.account import AccountForm
from console.models import Account
from console.services import accounts, quota_limits, visibility
from console.services.errors import RulesBrokenError
from console.services.roles import Permission
from console.views.account_quota import quota_context
from console.views.freshness import synced
from console.views.guards import requires
from console.views.http import FORM_METHODS, HtmxRequest, leave, posted, respond


@requires(Permission.MANAGE_ACCOUNTS)
@require_safe
def account_list(request: HtmxRequest) -> HttpResponse:
    groups = Prefetch("visible_to", queryset=Group.objects.order_by("name"))
    rows = synced(visibility.accounts_of(request.user).order_by("slug").prefetch_related(groups))
    return respond(request, "accounts/list.html", "accounts", {"rows": rows})


@requires(Permission.MANAGE_ACCOUNTS, action="account.create")
@require_http_methods(FORM_METHODS)
def account_create(request: HtmxRequest) -> HttpResponse:
    form = AccountForm(posted(request))
    if not form.is_valid():
        return _new(request, form)
    try:
        account = accounts.create(entry=form.entry(), actor=request.user)
    except RulesBrokenError as error:
        for finding in error.findings:
            form.add_error(finding.field, finding.message)
        return _new(request, form)
    messages.success(request, f"The account “{account.title}” is stored. Sync it to see its products.")
    return leave(request, reverse("account-list"))


def _new(request: HtmxRequest, form: AccountForm) -> HttpResponse:
    return respond(request, "accounts/form.html", "account-form", {"form": form}, status=422 if form.is_bound else 200)


@requires(Permission.MANAGE_ACCOUNTS, action="account.update")
@require_http_methods(FORM_METHODS)
def account_update(request: HtmxRequest, slug: str) -> HttpResponse:
    account = _load(request, slug)
    form = AccountForm(posted(request), account=account)
    if not form.is_valid():
        context = {"form": form, "account": account, **quota_context(account)}
        return respond(request, "accounts/form.html", "account-form", context, status=422 if form.is_bound else 200)
    accounts.update(account, entry=form.entry(), actor=request.user)
    messages.success(request, f"The account “{account.title}” is stored.")
    return leave(request, reverse("account-list"))


def _load(request: HtmxRequest, slug: str) -> Account:
    return get_object_or_404(visibility.accounts_of(request.user), slug=slug)


@requires(Permission.MANAGE_ACCOUNTS, action="account.quota")
@require_POST
def account_quota(request: HtmxRequest, slug: str) -> HttpResponse:
    account = _load(request, slug)
    context = quota_context(account, request.POST)
    form = context["quota_form"]
    if not form.is_valid():
        context |= {"form": AccountForm(account=account), "account": account}
        return respond(request, "accounts/form.html", "account-quota", context, status=422)
    quota_limits.change_limits(account, limits=form.cleaned_data, actor=request.user)
    messages.success(request, f"The limits of “{account.title}” are stored and hold from the next call on.")
    return leave(request, reverse("account-update", args=[account.slug]))
