"""What the worker does: delivered at least once, so each task is safe to run twice, and short."""

from uuid import UUID

from django_q.tasks import async_task

from console.services import syncs


def sync_step(run_id: str) -> None:
    """One step of a sync; the next one is queued when there is more to read."""
    if syncs.step(UUID(run_id)):
        async_task("console.tasks.sync_step", run_id)
