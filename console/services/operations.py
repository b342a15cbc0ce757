"""The life of a write: planned, sent, then exactly one of done, refused, not sent, unknown.

The intent is committed before anything can reach the platform, and no transaction is open while it is asked.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from console.models import Operation, OperationState, Outcome
from console.models.operation import OPEN_STATES
from console.platforms.client import PlatformClient
from console.platforms.errors import NotSent, PlatformError, Refused, Throttled
from console.platforms.types import Answer
from console.services import audit
from console.services.accounts import client_for, take_turns
from console.services.errors import RulesBrokenError, UnderWayError
from console.services.intents import Intent, event_of, record, tell_broken, tell_refused
from console.services.paging import Order, Page, page

Value = TypeVar("Value")

THROTTLED_ATTEMPTS = 3
LONGEST_WAIT_S = 2.0

NEWEST_FIRST = Order(fields=("created_at", "id"), descending=True)
_SHOWN_WITH = ("actor", "account", "product", "module")


def perform(
    intent: Intent,
    *,
    check: Callable[[], None],
    call: Callable[[PlatformClient], Answer[Value]],
    apply: Callable[[Operation, Value], None],
) -> Operation:
    """Carry out an intent once, however often its form arrives.

    `check` runs in the transaction that records the intent and raises RulesBrokenError; `call` makes the one
    request; `apply` writes the cache in the transaction that settles the operation as done.
    Returns the operation in whatever state it reached; raises UnderWayError and FormReusedError, nothing sent.
    """
    try:
        operation, is_new = record(intent, check)
    except RulesBrokenError as error:
        tell_broken(event_of(intent), error)
        raise
    except UnderWayError as error:
        tell_refused(event_of(intent), code="console.under_way", message=error.problem.title)
        raise
    if is_new:
        _send(operation, call, apply)
    return operation


def _send(
    operation: Operation,
    call: Callable[[PlatformClient], Answer[Value]],
    apply: Callable[[Operation, Value], None],
) -> None:
    with transaction.atomic(durable=True):
        _move(operation, OperationState.PLANNED, OperationState.SENT, sent_at=timezone.now())
        _tell(operation, Outcome.REQUESTED)
    try:
        with client_for(operation.account) as client:
            answer = _call(operation, client, call)
    except PlatformError as error:
        _settle_failed(operation, error)
        return
    with transaction.atomic(durable=True):
        take_turns(operation.account)
        _settle(operation, OperationState.DONE, request_id=answer.request_id)
        apply(operation, answer.value)
        operation.save(update_fields=["product", "module"])
        _tell(operation, Outcome.DONE)


def _call(
    operation: Operation, client: PlatformClient, call: Callable[[PlatformClient], Answer[Value]]
) -> Answer[Value]:
    """The call, again only after a throttling answer: that one proves that nothing was done."""
    while True:
        operation.attempts += 1
        try:
            return call(client)
        except Throttled as error:
            wait_s = max(error.retry_after_s or 0.0, _pause_s(operation.attempts))
            if operation.attempts >= THROTTLED_ATTEMPTS or wait_s > LONGEST_WAIT_S:
                raise
            time.sleep(wait_s)


def _pause_s(attempt: int) -> float:
    """Jittered, so that those who were throttled together do not come back together; two of them outlast a second."""
    return random.uniform(0.5, 1.0) * attempt  # noqa: S311  not for secrets


def _settle_failed(operation: Operation, error: PlatformError) -> None:
    match error:
        case Refused():
            state, message = OperationState.REFUSED, error.message
        case NotSent():
            state, message = OperationState.NOT_SENT, error.reason
        case _:
            state, message = OperationState.UNKNOWN, error.reason
    with transaction.atomic(durable=True):
        _settle(
            operation,
            state,
            code=error.code[:128],
            message=message,
            request_id=error.request_id,
            http_status=error.http_status,
        )
        _tell(operation, Outcome(state.value))


def _settle(operation: Operation, state: OperationState, **columns: object) -> None:
    _move(
        operation,
        OperationState.SENT,
        state,
        settled_at=None if state == OperationState.UNKNOWN else timezone.now(),
        attempts=operation.attempts,
        **columns,
    )


def _move(operation: Operation, before: OperationState, after: OperationState, **columns: object) -> None:
    """One guarded step: of two processes that try it, one does."""
    moved = Operation.objects.filter(pk=operation.pk, state=before).update(state=after, **columns)
    if not moved:
        raise RuntimeError(f"operation {operation.pk} is no longer {before}")
    for name, value in {"state": after, **columns}.items():
        setattr(operation, name, value)


def count_unsettled() -> int:
    """How many operations wait for their answer or for somebody to find out."""
    return Operation.objects.filter(state__in=OPEN_STATES).count()


def unsettled(*, size: int = 100) -> list[Operation]:
    """The newest operations that wait for their answer or for somebody to find out."""
    waiting = Operation.objects.select_related(*_SHOWN_WITH).filter(state__in=OPEN_STATES)
    return list(waiting.order_by(*NEWEST_FIRST.order_by)[:size])


def find_operations(*, cursor: str = "", size: int = 50) -> Page[Operation]:
    """A page of the settled operations, newest first."""
    settled = Operation.objects.select_related(*_SHOWN_WITH).exclude(state__in=OPEN_STATES)
    return page(settled, order=NEWEST_FIRST, cursor=cursor, size=size)


def _tell(operation: Operation, outcome: Outcome) -> None:
    audit.append(
        audit.Event(
            action=operation.action,
            outcome=outcome,
            actor=operation.actor,
            account=operation.account,
            target=operation.module or operation.product,
            target_name=operation.target_name,
            operation=operation,
            parameters=operation.parameters,
            request_id=operation.request_id,
            http_status=operation.http_status,
            code=operation.code,
            message=operation.message,
        )
    )
