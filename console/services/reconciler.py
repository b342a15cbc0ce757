"""Finding out what became of an operation whose answer got lost, by looking at the platform.

What the platform shows is believed at once. That it does not show it is believed only of a look-up which began after
the last moment at which the request could still have arrived.
"""

import time
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from console.models import Lane, Operation, OperationState, Outcome, User
from console.platforms.errors import PlatformError
from console.services import arrival, ledger, leftovers
from console.services.accounts import client_for, take_turns
from console.services.deeds import deed_of
from console.services.errors import NothingToAdoptError, ReadFailedError, SettledMeanwhileError, TooEarlyError
from console.services.ledger import OvertakenError
from console.services.sightings import Sighting, Verdict

LONGEST_PAUSE_S = 15.0
# Longer than most look-ups take; a second one meanwhile would only cost quota.
CLAIM_S = 20.0
BATCH = 50

_STATES = {
    Verdict.THERE: OperationState.ADOPTED,
    Verdict.OTHER: OperationState.CONFLICT,
    Verdict.NOT_THERE: OperationState.RETRYABLE,
}


def run_due(*, budget_s: float = 20.0) -> int:
    """Go on with everything that is due, for about `budget_s` seconds; return how many operations that were.

    Safe to run twice at once: each step is guarded.
    """
    until = time.monotonic() + budget_s
    leftovers.give_up_sent()
    done, silent = 0, set[UUID]()
    for operation in [*leftovers.find_planned(), *_find_due()]:
        if time.monotonic() >= until:
            break
        if operation.account_id in silent:
            continue
        if not _go_on(operation):
            # The others of this account would wait for their time-outs too: the next run tries again.
            silent.add(operation.account_id)
        done += 1
    return done


def _find_due() -> list[Operation]:
    due = ledger.find_in(OperationState.UNKNOWN).filter(next_look_at__lte=timezone.now())
    return list(due.order_by("next_look_at", "id")[:BATCH])


def _go_on(operation: Operation) -> bool:
    """One step; False when the platform did not answer."""
    if operation.state == OperationState.PLANNED:
        leftovers.resume(operation)
        return operation.state not in (OperationState.NOT_SENT, OperationState.UNKNOWN)
    return not _claim(operation) or _look_up(operation, actor=None) is None


def _claim(operation: Operation) -> bool:
    """Whether this process is the one that looks."""
    mine = Operation.objects.filter(pk=operation.pk, next_look_at=operation.next_look_at)
    return bool(mine.update(next_look_at=timezone.now() + timedelta(seconds=CLAIM_S)))


def _look_up(operation: Operation, *, actor: User | None) -> PlatformError | None:
    """Look, and move on if that settles anything; return what kept the platform from telling."""
    is_proof = arrival.has_ended(operation)
    try:
        sighting = _see(operation, actor)
    except PlatformError as error:
        _note(operation, f"It could not be looked up: {error.message or error.reason}")
        return error
    state = _STATES[sighting.verdict]
    if state != operation.state and (is_proof or sighting.is_final):
        _settle(operation, state, sighting, actor=actor)
    else:
        _note(operation, sighting.words)
    return None


def _see(operation: Operation, actor: User | None) -> Sighting:
    lane = Lane.FORM if actor else Lane.RECONCILE
    with client_for(operation.account, lane=lane, username=actor.username if actor else "") as client:
        return deed_of(operation).look_up(client, operation)


def _note(operation: Operation, finding: str) -> None:
    """Write down what was seen and when to look next: soon at first, and at the moment from which it is a proof."""
    now = timezone.now()
    next_at = now + timedelta(seconds=min(LONGEST_PAUSE_S, 2.0 ** (operation.looks + 1)))
    proof_at = arrival.believed_at(operation)
    if proof_at and proof_at > now:
        next_at = min(next_at, proof_at)
    is_unknown = operation.state == OperationState.UNKNOWN
    Operation.objects.filter(pk=operation.pk, state=operation.state).update(
        looks=operation.looks + 1, looked_at=now, finding=finding, next_look_at=next_at if is_unknown else None
    )
    operation.refresh_from_db()


def _settle(
    operation: Operation, state: OperationState, sighting: Sighting, *, actor: User | None, reason: str = ""
) -> None:
    """Move on by what was seen; nothing happens where somebody else was faster."""
    try:
        with transaction.atomic(durable=True):
            take_turns(operation.account)
            ledger.move(
                operation,
                state,
                {
                    "looks": operation.looks + 1,
                    "looked_at": timezone.now(),
                    "next_look_at": None,
                    "finding": sighting.words,
                    "settled_by": actor if state == OperationState.ADOPTED else None,
                    "reason": reason,
                },
            )
            if state == OperationState.ADOPTED:
                deed_of(operation).adopt(operation, sighting)
                operation.save(update_fields=["product", "module"])
            message = " ".join(text for text in (sighting.words, reason) if text)
            ledger.tell(operation, Outcome(state.value), actor=actor, message=message)
    except OvertakenError:
        operation.refresh_from_db()


def look_again(operation: Operation, *, actor: User) -> Operation:
    """Look an operation up for somebody who does not want to wait. Raises ReadFailedError."""
    if operation.state not in ledger.LOOKED_UP:
        return operation
    if error := _look_up(operation, actor=actor):
        raise ReadFailedError(error) from error
    return operation


def adopt(operation: Operation, *, actor: User, reason: str) -> Operation:
    """Take over what is there although it is not what was asked for.

    Raises ReadFailedError, NothingToAdoptError, and SettledMeanwhileError when somebody else was faster.
    """
    if operation.state != OperationState.CONFLICT:
        raise SettledMeanwhileError(operation)
    try:
        sighting = _see(operation, actor)
    except PlatformError as error:
        raise ReadFailedError(error) from error
    if not (sighting.product or sighting.module):
        raise NothingToAdoptError(operation, sighting.words)
    _settle(operation, OperationState.ADOPTED, sighting, actor=actor, reason=reason)
    if operation.settled_by_id != actor.pk:
        raise SettledMeanwhileError(operation)
    return operation


def abandon(operation: Operation, *, actor: User, reason: str) -> Operation:
    """Give an operation up: nobody looks any more, and its name is free. Raises TooEarlyError while the request may
    still arrive, and SettledMeanwhileError.
    """
    if operation.state not in ledger.LOOKED_UP:
        raise SettledMeanwhileError(operation)
    if operation.state == OperationState.UNKNOWN and not arrival.has_ended(operation):
        raise TooEarlyError(operation, arrival.believed_at(operation) or timezone.now())
    try:
        with transaction.atomic(durable=True):
            ledger.move(
                operation,
                OperationState.ABANDONED,
                {"settled_by": actor, "reason": reason, "next_look_at": None},
            )
            ledger.tell(operation, Outcome.ABANDONED, actor=actor, message=reason)
    except OvertakenError:
        raise SettledMeanwhileError(operation) from None
    return operation
