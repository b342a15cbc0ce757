from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import HTMX_STOP_POLLING

from console.models import Action, Operation, OperationState
from console.services import audit, modules, operations
from console.services.errors import problem_of_operation
from console.services.roles import Permission, permissions_of
from console.views.guards import requires
from console.views.http import HtmxRequest, respond, wants_partial
from console.views.paging import cursor_of, pager
from console.views.trail import Line, lines

UNDER_WAY = (OperationState.PLANNED, OperationState.SENT)
POLL_S, LATE_POLL_S = 2, 30
LATE_AFTER = timedelta(minutes=2)


@requires(Permission.BROWSE)
@require_safe
def operation_list(request: HtmxRequest) -> HttpResponse:
    page = operations.find_operations(cursor=cursor_of(request))
    context = {
        "waiting": operations.unsettled(),
        "settled": page.rows,
        "pager": pager(request, page),
    }
    return respond(request, "operations/list.html", "operations", context)


@requires(Permission.BROWSE)
@require_safe
def operation_detail(request: HtmxRequest, operation_id: UUID) -> HttpResponse:
    operation = get_object_or_404(Operation.objects.select_related("actor", "account", "product"), pk=operation_id)
    is_under_way = operation.state in UNDER_WAY
    is_late = is_under_way and timezone.now() - operation.created_at > LATE_AFTER
    context: dict[str, Any] = {
        "operation": operation,
        "problem": problem_of_operation(operation),
        "is_under_way": is_under_way,
        "is_late": is_late,
        "is_create": operation.action in (Action.PRODUCT_CREATE, Action.MODULE_CREATE),
        "poll_s": LATE_POLL_S if is_late else POLL_S,
        "seen": modules.seen_since(operation) if operation.state == OperationState.UNKNOWN else None,
        "story": _story(request, operation),
    }
    ends_polling = wants_partial(request) and not is_under_way
    status = HTMX_STOP_POLLING if ends_polling else 200
    return respond(request, "operations/detail.html", "operation", context, status=status)


def _story(request: HtmxRequest, operation: Operation) -> list[Line]:
    """Everybody sees what became of an operation; its entries open for those who may read them."""
    told = lines(audit.story_of(str(operation.pk)))
    if operation.actor == request.user or Permission.READ_AUDIT in permissions_of(request.user):
        return told
    return [replace(line, url="") for line in told]
