"""What the workers do: delivered at least once, so each task is safe to run twice, and short."""

from contextlib import ExitStack
from uuid import UUID

from console.services import audit_verify, heartbeat, queues, syncs
from console.services.audit_anchor import anchor_due
from console.services.audit_archive import archive_due
from console.services.probes import probe_due
from console.services.queues import Queue
from console.services.reconciler import run_due
from console.services.sealed_sessions import SessionStore

# With the time-out of a last call after it, less than the pause after which a worker counts as dead.
RECONCILE_S = 10.0


def reconcile() -> None:
    """Go on with what waits. Each part is done even when another fails, and its failure is then the task's."""
    with ExitStack() as parts:
        # The last is done first. A single worker beats in time although platforms that hang make each part long.
        parts.callback(syncs.take_up_stalled)
        parts.callback(heartbeat.beat)
        parts.callback(probe_due)
        parts.callback(heartbeat.beat)
        parts.callback(run_due, budget_s=RECONCILE_S)
        parts.callback(heartbeat.beat)


def sync_all() -> None:
    """Start a sync of every account that has none under way."""
    syncs.start_all()


def anchor() -> None:
    """Sign how the audit trail stands, if it has moved on, and hand that out."""
    anchor_due()


def archive() -> None:
    """Archive the next stretch of the trail that is older than its retention, one at a time until none is left."""
    if archive_due():
        queues.put("console.tasks.archive", queue=Queue.SYNCS)


def tidy() -> None:
    """Delete what only grows."""
    SessionStore.clear_expired()
    queues.forget_old_failures()


def sync_step(run_id: str) -> None:
    """One step of a sync; the next one is queued when there is more to read."""
    if syncs.step(UUID(run_id)):
        queues.put("console.tasks.sync_step", run_id, queue=Queue.SYNCS)


def verify_step(verification_id: str) -> None:
    """One step of a verification of the audit trail; the next one is queued when there is more to check."""
    if audit_verify.step(UUID(verification_id)):
        queues.put("console.tasks.verify_step", verification_id, queue=Queue.SYNCS)
