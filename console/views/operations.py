"""The ledger: what is open and what became of the rest, and the deeds that settle what is open."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.forms.operation import OperationFilter
from console.models import Operation
from console.services import audit_search, ledger, operations, reconciler, visibility
from console.services.errors import ConsoleError
from console.services.heartbeat import get_pulse
from console.services.operation_search import find_operations
from console.services.problems import problem_of_operation
from console.services.roles import Permission
from console.views.guards import requires
from console.views.http import HtmxRequest, leave, respond
from console.views.operation_asks import DECISIONS, Ask, in_dialog, in_page
from console.views.operation_cases import case_of, people_first, poll_s, version_of
from console.views.operation_facts import asked_of
from console.views.paging import cursor_of, pager
from console.views.polling import follow, is_unchanged, unchanged
from console.views.product_pages import accounts_for
from console.views.trail import lines
from console.views.writes import Place

LIST: Place = {"template": "operations/list.html", "partial": "operations"}
DETAIL: Place = {"template": "operations/detail.html", "partial": "operation"}


@requires(Permission.BROWSE)
@require_safe
def operation_list(request: HtmxRequest) -> HttpResponse:
    cases = people_first(case_of(operation, request.user) for operation in ledger.find_unsettled(reader=request.user))
    version = version_of(cases)
    if is_unchanged(request, version):
        return unchanged()
    filters = OperationFilter(request.GET, accounts=accounts_for(request.user))
    search = filters.search(request.user)
    page = find_operations(reader=request.user, search=search, cursor=cursor_of(request))
    context = {
        "cases": cases,
        "asks": [ask for case in cases if case.may_settle for ask in in_dialog(case.operation)],
        "filters": filters,
        "is_filtered": filters.is_used,
        "settled": page.rows,
        "pager": pager(request, page),
        "pulse": get_pulse() if cases else None,
    }
    return follow(request, **LIST, context=context, poll_s=poll_s(cases), version=version)


@requires(Permission.BROWSE)
@require_safe
def operation_detail(request: HtmxRequest, operation_id: UUID) -> HttpResponse:
    operation = _load(request, operation_id)
    case = case_of(operation, request.user)
    version = version_of([case])
    if is_unchanged(request, version):
        return unchanged()
    return follow(request, **DETAIL, context=_page(request, operation), poll_s=poll_s([case]), version=version)


@requires(Permission.WRITE, action="operation.look")
@require_POST
def operation_look(request: HtmxRequest, operation_id: UUID) -> HttpResponse:
    return _settle(request, _load(request, operation_id), reconciler.look_again, "It was looked up just now.")


@requires(Permission.WRITE, action="operation.retry")
@require_POST
def operation_retry(request: HtmxRequest, operation_id: UUID) -> HttpResponse:
    return _settle(
        request, _load(request, operation_id), operations.retry, "It was tried again, in an operation of its own."
    )


@requires(Permission.WRITE, action="operation.adopt")
@require_POST
def operation_adopt(request: HtmxRequest, operation_id: UUID) -> HttpResponse:
    message = "What the platform shows is taken over."
    return _decide(request, _load(request, operation_id), "adopt", reconciler.adopt, message)


@requires(Permission.WRITE, action="operation.abandon")
@require_POST
def operation_abandon(request: HtmxRequest, operation_id: UUID) -> HttpResponse:
    message = "It is given up. Nothing was changed on the platform."
    return _decide(request, _load(request, operation_id), "abandon", reconciler.abandon, message)


def _load(request: HtmxRequest, operation_id: UUID) -> Operation:
    related = ("actor", "account", "product__account", "module__product__account", "settled_by", "retry", "retry_of")
    return get_object_or_404(visibility.operations_of(request.user).select_related(*related), pk=operation_id)


def _decide(
    request: HtmxRequest, operation: Operation, deed: str, decide: Callable[..., Operation], message: str
) -> HttpResponse:
    """A deed that takes a reason."""
    ask = in_page(operation, deed, request.POST)
    if not ask.form.is_valid():
        return respond(request, **DETAIL, context=_page(request, operation, ask=ask), status=422)
    return _settle(request, operation, decide, message, reason=ask.form.cleaned_data["reason"])


def _settle(
    request: HtmxRequest, operation: Operation, deed: Callable[..., Operation], message: str, **given: str
) -> HttpResponse:
    """Do it, and go to the page of the operation that came of it; or say there why it was not done."""
    try:
        settled = deed(operation, actor=request.user, **given)
    except ConsoleError as error:
        context = _page(request, _load(request, operation.pk)) | {"refusal": error.problem}
        return respond(request, **DETAIL, context=context, status=error.problem.status)
    messages.info(request, message)
    return leave(request, reverse("operation-detail", args=[settled.pk]))


def _page(request: HtmxRequest, operation: Operation, *, ask: Ask | None = None) -> dict[str, Any]:
    """What an operation's page shows; `ask` is a decision that was sent without its reason."""
    case = case_of(operation, request.user)
    return {
        "operation": operation,
        "case": case,
        "problem": problem_of_operation(operation),
        "asked": asked_of(operation),
        "story": lines(audit_search.story_of(str(operation.pk)), reader=request.user),
        "asks": in_dialog(operation) if case.may_settle else [],
        "page_asks": [ask] if ask else [in_page(operation, deed) for deed in DECISIONS if deed in case.deeds],
        "pulse": get_pulse() if operation.is_open else None,
        "poll_s": poll_s([case]),
        "version": version_of([case]),
    }
