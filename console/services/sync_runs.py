"""The row of a sync: moved on by one worker at a time, ended once, and told to the audit trail."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from console.models import Outcome, SyncRun, SyncState, User
from console.services import audit
from console.services.accounts import take_turns

_OUTCOMES = {
    SyncState.COMPLETE: Outcome.DONE,
    SyncState.INCOMPLETE: Outcome.DONE,
    SyncState.FAILED: Outcome.UNREADABLE,
    SyncState.CANCELLED: Outcome.ABANDONED,
}


class OvertakenError(Exception):
    """Somebody ended the sync, or another worker, to which the same step was delivered, goes on with it."""


def hold(run: SyncRun) -> None:
    """Lock account and run for the rest of the transaction. Raise OvertakenError when it stands elsewhere by now:
    a page that two workers count would end the sync before its last page, and what is on that one would be missing.
    """
    take_turns(run.account)
    stored = SyncRun.objects.select_for_update().get(pk=run.pk)
    if (stored.state, stored.pages_read, stored.products_done) != (run.state, run.pages_read, run.products_done):
        raise OvertakenError


def save(run: SyncRun, *fields: str) -> None:
    """Store how far it got, and that it moved."""
    run.touched_at = timezone.now()
    run.save(update_fields=[*fields, "touched_at"])


def end(run: SyncRun, state: SyncState, *, by: User | None = None, problem: str = "", code: str = "") -> bool:
    """End a running sync; False when it had ended before. `by` is the person who stopped it."""
    with transaction.atomic():
        running = SyncRun.objects.filter(pk=run.pk, state=SyncState.RUNNING)
        if not running.update(state=state, problem=problem, finished_at=timezone.now(), ended_by=by):
            return False
        run.refresh_from_db()
        tell(run, _OUTCOMES[state], actor=by or run.started_by, message=problem, code=code)
    return True


def tell(run: SyncRun, outcome: Outcome, *, actor: User | None, message: str = "", code: str = "") -> None:
    """The audit entry of a sync; `actor` is None for the schedule."""
    audit.append(
        audit.Event(
            action="account.sync",
            outcome=outcome,
            actor=actor,
            account=run.account,
            target=run.account,
            parameters={
                "sync": str(run.pk),
                "products": str(run.products_read),
                "modules": str(run.modules_read),
            },
            code=code,
            message=message,
        )
    )


def is_idle_for(run: SyncRun, seconds: float) -> bool:
    """Whether a running sync has not moved for so long."""
    return run.state == SyncState.RUNNING and run.touched_at < timezone.now() - timedelta(seconds=seconds)
