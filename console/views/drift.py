"""Drift: what was found on the platforms that the console did not do, and what people make of it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.forms.drift import ClaimForm, DriftFilter, IgnoreForm, SelectionForm
from console.models import DriftItem
from console.services import drift_items, visibility
from console.services.errors import DriftSettledError
from console.services.roles import Permission
from console.views.drift_rows import row_of, rows_of
from console.views.guards import requires, tell_hidden
from console.views.http import HtmxRequest, leave, respond, respond_problem
from console.views.paging import cursor_of, pager
from console.views.product_pages import accounts_for


@requires(Permission.BROWSE)
@require_safe
def drift_list(request: HtmxRequest) -> HttpResponse:
    filters = DriftFilter(request.GET, accounts=accounts_for(request.user))
    search = filters.search()
    page = drift_items.find_settled(reader=request.user, search=search, cursor=cursor_of(request))
    context = {
        "filters": filters,
        "is_filtered": search != drift_items.DriftSearch(),
        "waiting": rows_of(drift_items.find_open(reader=request.user, search=search)),
        "settled": rows_of(page.rows),
        "pager": pager(request, page),
        "was_synced": visibility.syncs_of(request.user).exists(),
    }
    return respond(request, "drift/list.html", "drift", context)


@requires(Permission.WRITE, action="drift.accept")
@require_POST
def drift_accept_several(request: HtmxRequest) -> HttpResponse:
    form = SelectionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Nothing was accepted: tick what you want to accept first.")
        return leave(request, reverse("drift-list"))
    ticked = form.cleaned_data["item"]
    tell_hidden(request, "drift.accept", drift__in=ticked)
    accepted = drift_items.accept_several(ticked, actor=request.user)
    messages.success(request, f"{accepted} accepted. Nothing was sent to a platform.")
    return leave(request, reverse("drift-list"))


@requires(Permission.BROWSE)
@require_safe
def drift_detail(request: HtmxRequest, item_id: UUID) -> HttpResponse:
    return _show(request, _load(request, item_id))


def _load(request: HtmxRequest, item_id: UUID) -> DriftItem:
    related = ("account", "product", "module", "sync", "settled_by", "claimed_for")
    return get_object_or_404(visibility.drift_of(request.user).select_related(*related), pk=item_id)


def _show(
    request: HtmxRequest, item: DriftItem, *, claim: ClaimForm | None = None, ignore: IgnoreForm | None = None
) -> HttpResponse:
    context = {
        "item": item,
        "row": row_of(item),
        "claim": claim or ClaimForm(auto_id="claim_%s"),
        "ignore": ignore or IgnoreForm(auto_id="ignore_%s"),
        "is_claiming": claim is not None,
        "is_ignoring": ignore is not None,
    }
    return respond(request, "drift/detail.html", "item", context, status=422 if claim or ignore else 200)


@requires(Permission.WRITE, action="drift.accept")
@require_POST
def drift_accept(request: HtmxRequest, item_id: UUID) -> HttpResponse:
    item = _load(request, item_id)
    return _settle(request, item, lambda: drift_items.accept(item, actor=request.user))


@requires(Permission.WRITE, action="drift.claim")
@require_POST
def drift_claim(request: HtmxRequest, item_id: UUID) -> HttpResponse:
    item = _load(request, item_id)
    form = ClaimForm(request.POST, auto_id="claim_%s")
    if not form.is_valid():
        return _show(request, item, claim=form)
    return _settle(request, item, lambda: drift_items.claim(item, actor=request.user, **form.cleaned_data))


@requires(Permission.WRITE, action="drift.ignore")
@require_POST
def drift_ignore(request: HtmxRequest, item_id: UUID) -> HttpResponse:
    item = _load(request, item_id)
    form = IgnoreForm(request.POST, auto_id="ignore_%s")
    if not form.is_valid():
        return _show(request, item, ignore=form)
    return _settle(request, item, lambda: drift_items.ignore(item, actor=request.user, **form.cleaned_data))


def _settle(request: HtmxRequest, item: DriftItem, settle: Callable[[], None]) -> HttpResponse:
    try:
        settle()
    except DriftSettledError as error:
        return respond_problem(request, error.problem)
    done = item.get_state_display().lower()
    messages.success(request, f"{row_of(item).name}: {done}. Nothing was sent to a platform.")
    return leave(request, reverse("drift-list"))
