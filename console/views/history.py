"""What was done to one product, module, account or person: its part of the audit trail on a page of its own."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from console.models import User
from console.platforms.rules import DEFAULT_MODULE
from console.services import audit_search
from console.services.audit import Target
from console.services.roles import Permission, permissions_of, reads_all_audit
from console.services.visibility import accounts_of, modules_of, products_of
from console.views.guards import requires
from console.views.http import HtmxRequest, respond
from console.views.paging import cursor_of, pager
from console.views.trail import lines


@requires(Permission.BROWSE)
@require_safe
def product_history(request: HtmxRequest, product_id: UUID) -> HttpResponse:
    product = get_object_or_404(products_of(request.user).select_related("account"), pk=product_id)
    context = _history(request, [product, *product.modules.all()])
    context |= {
        "title": product.product_name or product.product_key,
        "home_url": reverse("product-detail", args=[product.pk]),
        "nav": "products",
    }
    return respond(request, "audit/history.html", "history", context)


@requires(Permission.BROWSE)
@require_safe
def module_detail(request: HtmxRequest, module_id: UUID) -> HttpResponse:
    module = get_object_or_404(modules_of(request.user).select_related("product__account", "created_by"), pk=module_id)
    context = _history(request, [module]) | {
        "module": module,
        "may_delete": module.folded_name != DEFAULT_MODULE,
        "nav": "modules",
    }
    return respond(request, "modules/detail.html", "module", context)


@requires(Permission.READ_OWN_AUDIT)
@require_safe
def account_history(request: HtmxRequest, slug: str) -> HttpResponse:
    account = get_object_or_404(accounts_of(request.user), slug=slug)
    is_manager = Permission.MANAGE_ACCOUNTS in permissions_of(request.user)
    context = _history(request, [account]) | {
        "title": account.title,
        "home_url": reverse("account-update", args=[slug]) if is_manager else "",
        "home": "Settings",
        "more": "Everything on this account",
        "more_url": f"{reverse('audit-list')}?{urlencode({'account': slug})}",
        "nav": "accounts" if is_manager else "audit",
    }
    return respond(request, "audit/history.html", "history", context)


@requires(Permission.READ_OWN_AUDIT)
@require_safe
def user_history(request: HtmxRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    if person != request.user and not reads_all_audit(request.user):
        raise Http404
    is_manager = Permission.MANAGE_USERS in permissions_of(request.user)
    context = _history(request, [person]) | {
        "title": person.username,
        "home_url": reverse("admin:console_user_change", args=[person.pk]) if is_manager else "",
        "home": "Settings",
        "more": "What this person did",
        "more_url": f"{reverse('audit-list')}?{urlencode({'person': person.username})}",
        "nav": "audit",
        "managed": person if is_manager else None,
    }
    return respond(request, "audit/history.html", "history", context)


def _history(request: HtmxRequest, of: Sequence[Target]) -> dict[str, Any]:
    found = audit_search.find_history(of=of, reader=request.user, cursor=cursor_of(request))
    return {
        "lines": lines(found.rows, reader=request.user),
        "pages": pager(request, found),
        "sees_all": reads_all_audit(request.user),
    }
