"""The life of a write: planned, sent, then exactly one of done, refused, not sent, unknown.

The intent is committed before anything can reach the platform, and no transaction is open while it is asked.
"""

import random
import time
from functools import partial
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from console.models import Action, Lane, Operation, OperationState, Outcome, User
from console.platforms.client import PlatformClient
from console.platforms.errors import NotSent, PlatformError, Refused, Throttled
from console.platforms.types import Answer
from console.services import ledger
from console.services.accounts import client_for, take_turns
from console.services.deed import Deed
from console.services.deeds import deed_of
from console.services.errors import FormReusedError, RulesBrokenError, UnderWayError
from console.services.intents import Intent, event_of, record, tell_broken, tell_refused
from console.services.ledger import LOOKED_UP, OvertakenError

THROTTLED_ATTEMPTS = 3
LONGEST_WAIT_S = 2.0


def perform(intent: Intent) -> Operation:
    """Carry out an intent once, however often its form arrives.

    Returns the operation in whatever state it reached; raises RulesBrokenError, UnderWayError and FormReusedError,
    nothing sent.
    """
    try:
        operation, is_new = record(intent)
    except RulesBrokenError as error:
        tell_broken(event_of(intent), error)
        raise
    except UnderWayError as error:
        tell_refused(event_of(intent), code="console.under_way", message=f"Operation {error.operation.pk} is open.")
        raise
    except FormReusedError as error:
        known = f"The form was sent before, as operation {error.operation.pk}." if error.operation else ""
        tell_refused(event_of(intent), code="console.form_reused", message=known or error.problem.title)
        raise
    if is_new:
        execute(operation, lane=Lane.FORM)
    return operation


def execute(operation: Operation, *, lane: Lane) -> None:
    """Send what is planned and settle it by what came of it. Of several processes that try, one sends."""
    try:
        _send(operation, deed_of(operation), lane)
    except OvertakenError:
        operation.refresh_from_db()


def _send(operation: Operation, deed: Deed, lane: Lane) -> None:
    admitted = partial(_mark_sent, operation)
    try:
        with client_for(operation.account, lane=lane, username=operation.actor.username, admitted=admitted) as client:
            answer = _call(operation, deed, client)
    except PlatformError as error:
        _settle_failed(operation, error)
    else:
        _settle_done(operation, deed, answer)


def _mark_sent(operation: Operation) -> None:
    """Commit that the next moment a request may leave, before each one that does. Who was overtaken sends nothing."""
    is_first = operation.state == OperationState.PLANNED
    with transaction.atomic(durable=True):
        # By the clock of the database: another machine will judge how long ago that was.
        ledger.move(operation, OperationState.SENT, {"sent_at": Now(), "attempts": operation.attempts + 1})
        if is_first:
            ledger.tell(operation, Outcome.REQUESTED, actor=operation.actor)
    operation.sent_at = timezone.now()


def _call(operation: Operation, deed: Deed, client: PlatformClient) -> Answer[Any]:
    """The call, again only after a throttling answer: that one proves that nothing was done."""
    while True:
        try:
            return deed.call(client, operation)
        except Throttled as error:
            wait_s = max(error.retry_after_s or 0.0, _pause_s(operation.attempts))
            if operation.attempts >= THROTTLED_ATTEMPTS or wait_s > LONGEST_WAIT_S:
                raise
            time.sleep(wait_s)


def _pause_s(attempt: int) -> float:
    """Jittered, so that those who were throttled together do not come back together; two of them outlast a second."""
    return random.uniform(0.5, 1.0) * attempt  # noqa: S311  not for secrets


def _settle_done(operation: Operation, deed: Deed, answer: Answer[Any]) -> None:
    with transaction.atomic(durable=True):
        take_turns(operation.account)
        ledger.move(operation, OperationState.DONE, {"request_id": answer.request_id}, even_from=LOOKED_UP)
        deed.apply(operation, answer.value)
        operation.save(update_fields=["product", "module"])
        ledger.tell(operation, Outcome.DONE, actor=operation.actor)


def _settle_failed(operation: Operation, error: PlatformError) -> None:
    state, message = _outcome_of(error)
    columns: dict[str, object] = {
        "code": error.code[:128],
        "message": message,
        "request_id": error.request_id,
        "http_status": error.http_status,
    }
    if state == OperationState.UNKNOWN:
        columns["next_look_at"] = timezone.now()
    # Only who sent it knows its answer; who still waited to send it may have been overtaken by another that did.
    even_from = LOOKED_UP if operation.state == OperationState.SENT else ()
    with transaction.atomic(durable=True):
        ledger.move(operation, state, columns, even_from=even_from)
        ledger.tell(operation, Outcome(state.value), actor=operation.actor)


def _outcome_of(error: PlatformError) -> tuple[OperationState, str]:
    match error:
        case Refused():
            return OperationState.REFUSED, error.message
        case NotSent():
            return OperationState.NOT_SENT, error.reason
        case _:
            return OperationState.UNKNOWN, error.reason


def retry(operation: Operation, *, actor: User) -> Operation:
    """Ask once more for what is known not to have happened, in an operation of its own; a double click gives the
    same one. Raises as `perform` does, and SettledMeanwhileError.
    """
    intent = Intent(
        form_token=uuid5(operation.pk, f"retry by {actor.pk}"),
        actor=actor,
        account=operation.account,
        action=Action(operation.action),
        natural_key=operation.natural_key,
        target_name=operation.target_name,
        parameters=operation.parameters,
        before=operation.before,
        product=operation.product,
        module=operation.module,
        retry_of=operation,
    )
    return perform(intent)
