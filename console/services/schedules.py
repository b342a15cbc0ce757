"""Schedules: the rows that say how often what is done by itself, which administrators see and change.

They are django-q's rows; what queues them is the clock (`clock.py`), since django-q's own scheduler looks twice a
minute only.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import Schedule

from console.models import Outcome, User
from console.services import audit, queues
from console.services.queues import Queue

MINUTE, HOUR, DAY = 60, 3600, 86400
ALWAYS, NEVER = -1, 0
_SECONDS = re.compile(r"\* \* \* \* \* \*/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`every_s` is the pace it begins with, `paces_s` those that may be chosen, in seconds."""

    task: str
    does: str
    every_s: int
    paces_s: tuple[int, ...]
    may_stop: bool = True


JOBS = {
    "reconcile": Job(
        task="console.tasks.reconcile",
        does="Settles operations whose answer got lost, asks unreachable platforms again, goes on with stalled syncs.",
        every_s=5,
        paces_s=(5, 10, 15),
        # Nothing would be settled any more, and the worker would count as dead.
        may_stop=False,
    ),
    "sync": Job(
        task="console.tasks.sync_all",
        does="Starts a sync of every account.",
        every_s=HOUR,
        paces_s=(15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY),
    ),
    "anchor": Job(
        task="console.tasks.anchor",
        does="Signs how the audit trail stands and sends that to the places that settings name.",
        every_s=HOUR,
        paces_s=(15 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY),
    ),
    "archive": Job(
        task="console.tasks.archive",
        does="Moves entries of the audit trail past AUDIT_RETENTION_DAYS, if that is set, into sealed files.",
        every_s=7 * DAY,
        paces_s=(DAY, 7 * DAY, 28 * DAY),
    ),
    "tidy": Job(
        task="console.tasks.tidy",
        does="Deletes sessions that ended and what is kept of failed tasks for more than a day.",
        every_s=6 * HOUR,
        paces_s=(HOUR, 6 * HOUR, 12 * HOUR, DAY),
    ),
}


def ensure(**_signal: Any) -> None:
    """Make the row of each job that has none; what an administrator changed stays as it is."""
    known = set(find_all().values_list("name", flat=True))
    # Not saved one by one: Schedule.save() wants a package for cron expressions that nothing else here needs.
    Schedule.objects.bulk_create(_new_row(name, job) for name, job in JOBS.items() if name not in known)


def _new_row(name: str, job: Job) -> Schedule:
    return Schedule(name=name, func=job.task, next_run=timezone.now(), **_columns(job.every_s))


def _columns(every_s: int) -> dict[str, Any]:
    """The pace as django-q writes it: a six-field cron expression below a minute, else whole minutes."""
    if every_s < MINUTE:
        return {"schedule_type": Schedule.CRON, "cron": f"* * * * * */{every_s}", "minutes": None}
    return {"schedule_type": Schedule.MINUTES, "cron": None, "minutes": every_s // MINUTE}


def find_all() -> QuerySet[Schedule]:
    """The rows of the jobs; others mean nothing to the console."""
    rows: QuerySet[Schedule] = Schedule.objects.filter(name__in=JOBS)
    return rows


def get_pace(row: Schedule) -> timedelta:
    """How often it is queued while it is on; the first pace again where the row says what is not written here."""
    if row.schedule_type == Schedule.MINUTES and row.minutes:
        return timedelta(minutes=row.minutes)
    seconds = _SECONDS.fullmatch(row.cron or "")
    return timedelta(seconds=int(seconds[1]) if seconds else JOBS[row.name].every_s)


def is_on(row: Schedule) -> bool:
    return bool(row.repeats != NEVER)


def get_last_run(row: Schedule) -> datetime | None:
    """When it was queued for the last time (UTC), None for never: the next run always follows that by the pace."""
    last_run: datetime = row.next_run - get_pace(row)
    return last_run if row.task else None


def change(row: Schedule, *, every_s: int | None, actor: User | None) -> None:
    """Give a job another pace, one of its `paces_s`; None stops it. It counts from the last run."""
    with transaction.atomic():
        before = _in_words(Schedule.objects.get(pk=row.pk))
        _change(row, every_s)
        parameters = {"before": before, "after": _in_words(Schedule.objects.get(pk=row.pk))}
        audit.append(
            audit.Event(
                action="schedule.update",
                outcome=Outcome.DONE,
                actor=actor,
                target_name=row.name,
                parameters=parameters,
            )
        )


def _in_words(row: Schedule) -> str:
    return f"every {get_pace(row).total_seconds():.0f} s" if is_on(row) else "off"


def _change(row: Schedule, every_s: int | None) -> None:
    if every_s is None:
        Schedule.objects.filter(pk=row.pk).update(repeats=NEVER)
        return
    last_run = get_last_run(row)
    next_run = last_run + timedelta(seconds=every_s) if last_run else timezone.now()
    Schedule.objects.filter(pk=row.pk).update(repeats=ALWAYS, next_run=next_run, **_columns(every_s))


def queue_due() -> int:
    """Queue the task of each job that is due, once however many machines do so; return how many that were.

    While many tasks wait already nothing is queued: without a worker the queue would grow without end.
    """
    due = find_all().exclude(repeats=NEVER).filter(next_run__lte=timezone.now())
    if not due or queues.is_long(Queue.MAIN):
        return 0
    return sum(_queue(row) for row in due)


def _queue(row: Schedule) -> bool:
    # The run that is taken and its task are kept together, or neither is. What was missed is not made up for.
    with transaction.atomic():
        mine = Schedule.objects.filter(pk=row.pk, next_run=row.next_run)
        if not mine.update(next_run=timezone.now() + get_pace(row)):
            return False
        Schedule.objects.filter(pk=row.pk).update(task=queues.put(JOBS[row.name].task))
        return True
