"""Syncs of accounts: started by a person or by the schedule, cancelled, taken up again, and found."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from console.models import Account, Outcome, SyncRun, SyncState, User
from console.services import queues
from console.services.queues import Queue
from console.services.sync_runs import end, is_idle_for, tell
from console.services.sync_steps import step

__all__ = ["cancel", "is_stalled", "latest_of", "start", "start_all", "step", "take_up_stalled", "verified_at_of"]

STALLED_AFTER_S = 30
GIVEN_UP_AFTER_S = 1200


def start(*, account: Account, actor: User | None) -> SyncRun:
    """A running sync of the account, handed to a worker: the one under way, if there is one. `actor` is None for the
    schedule.
    """
    _give_up(SyncRun.objects.filter(account=account))
    try:
        with transaction.atomic():
            now = timezone.now()
            run = SyncRun.objects.create(account=account, started_by=actor, started_at=now, touched_at=now)
            tell(run, Outcome.REQUESTED, actor=actor)
    except IntegrityError:
        run = SyncRun.objects.filter(account=account).latest("started_at")
        if not is_stalled(run):
            return run
    _hand_over(run)
    return run


def start_all() -> None:
    """Start a sync of every account that has none under way, in nobody's name."""
    for account in Account.objects.order_by("slug"):
        start(account=account, actor=None)


def _hand_over(run: SyncRun) -> None:
    queues.put("console.tasks.sync_step", str(run.pk), queue=Queue.SYNCS)


def cancel(run: SyncRun, *, actor: User) -> bool:
    """Stop a running sync: the step under way notices before it stores anything more. False when it had ended."""
    return end(run, SyncState.CANCELLED, by=actor)


def is_stalled(run: SyncRun) -> bool:
    """Whether a running sync has not moved for so long that no worker can be at it."""
    return is_idle_for(run, STALLED_AFTER_S)


def take_up_stalled() -> int:
    """Hand those that do not move to a worker again: theirs died, or the platform could not be asked. How many."""
    _give_up(SyncRun.objects.all())
    if queues.is_long(Queue.SYNCS):
        return 0
    taken_up = [run for run in _idle_since(SyncRun.objects.all(), STALLED_AFTER_S) if _is_due(run)]
    for run in taken_up:
        _hand_over(run)
    return len(taken_up)


def _is_due(run: SyncRun) -> bool:
    """Once in a while is enough: its step may be waiting in the queue already."""
    return cache.add(f"sync-taken-up:{run.pk}", True, timeout=STALLED_AFTER_S)


def _idle_since(runs: QuerySet[SyncRun], seconds: float) -> QuerySet[SyncRun]:
    limit = timezone.now() - timedelta(seconds=seconds)
    return runs.select_related("account", "started_by").filter(state=SyncState.RUNNING, touched_at__lt=limit)


def _give_up(runs: QuerySet[SyncRun]) -> None:
    """What is old cannot be gone on with: too much may have changed since its first page."""
    for run in _idle_since(runs, GIVEN_UP_AFTER_S):
        end(run, SyncState.FAILED, problem="Nothing moved it for so long that it was given up.")


def latest_of(accounts: Iterable[Account]) -> dict[UUID, SyncRun]:
    """The latest sync of each account, in one query."""
    newest = SyncRun.objects.filter(account=OuterRef("pk")).order_by("-started_at").values("pk")[:1]
    known = Account.objects.filter(pk__in=[account.pk for account in accounts])
    runs = SyncRun.objects.filter(pk__in=known.annotate(newest=Subquery(newest)).values("newest"))
    return {run.account_id: run for run in runs}


def verified_at_of(accounts: Iterable[Account]) -> dict[UUID, datetime]:
    """When each account was read completely for the last time: as fresh as the beginning of that sync."""
    complete = SyncRun.objects.filter(account__in=list(accounts), state=SyncState.COMPLETE)
    return dict(complete.values_list("account").annotate(Max("started_at")).order_by())
