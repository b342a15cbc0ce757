"""What a process that died left behind: requests without an answer, and what it did not come to send."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from console.models import Lane, Operation, OperationState, Outcome
from console.services import ledger, operations
from console.services.arrival import ago
from console.services.ledger import OvertakenError

# Beyond the waiting time of a form, respectively of a call.
MARGIN_S = 5.0
# What was planned longer ago than this is not sent any more: whoever asked has gone on.
RESUME_WITHIN_S = 600.0
BATCH = 50

UNANSWERED = "The console stopped before it could note the answer."
UNSENT = "The console stopped before anything was sent."


def give_up_sent() -> None:
    """Nobody waits for an answer longer than a call may take: what became of it has to be looked up."""
    limit_s = settings.PLATFORM_TOTAL_TIMEOUT_S + MARGIN_S
    for operation in ledger.find_in(OperationState.SENT).filter(sent_at__lt=ago(limit_s))[:BATCH]:
        _settle(operation, OperationState.UNKNOWN, {"message": UNANSWERED, "next_look_at": timezone.now()})


def find_planned() -> list[Operation]:
    """What was planned so long ago that nobody is left who would send it."""
    limit_s = settings.FORM_WAIT_S + MARGIN_S
    left = ledger.find_in(OperationState.PLANNED).filter(created_at__lt=ago(limit_s))
    return list(left.order_by("created_at", "id")[:BATCH])


def resume(operation: Operation) -> None:
    """Send it: nothing of it has left yet, so it is still asked for only once."""
    age_s = (timezone.now() - operation.created_at).total_seconds()
    if age_s < RESUME_WITHIN_S:
        operations.execute(operation, lane=Lane.RECONCILE)
    else:
        _settle(operation, OperationState.NOT_SENT, {"message": UNSENT})


def _settle(operation: Operation, state: OperationState, columns: dict[str, object]) -> None:
    try:
        with transaction.atomic(durable=True):
            ledger.move(operation, state, columns)
            ledger.tell(operation, Outcome(state.value), actor=None)
    except OvertakenError:
        operation.refresh_from_db()  # it was not dead after all
