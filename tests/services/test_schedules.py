from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django_q.models import OrmQ, Schedule

from console.services import schedules
from console.services.queues import LONG
from console.services.schedules import JOBS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        Schedule.objects.all().delete()
        schedules.ensure()
        yield


def row(name: str) -> Schedule:
    return Schedule.objects.get(name=name)


def queued() -> list[str]:
    return [waiting.func() for waiting in OrmQ.objects.order_by("id")]


def at(seconds: float):
    return time_machine.travel(NOW + timedelta(seconds=seconds), tick=False)


def test_every_job_has_one_row_from_the_start():
    schedules.ensure()
    rows = Schedule.objects.order_by("name").values_list("name", "schedule_type", "cron", "minutes")
    assert list(rows) == [
        ("anchor", "I", None, 60),
        ("archive", "I", None, 7 * 24 * 60),
        ("reconcile", "C", "* * * * * */5", None),
        ("sync", "I", None, 60),
        ("tidy", "I", None, 360),
    ]


def test_what_an_administrator_changed_stays():
    schedules.change(row("sync"), every_s=None, actor=None)
    schedules.change(row("reconcile"), every_s=15, actor=None)
    schedules.ensure()
    assert not schedules.is_on(row("sync"))
    assert schedules.get_pace(row("reconcile")) == timedelta(seconds=15)


def test_a_row_that_was_deleted_comes_back():
    row("sync").delete()
    schedules.ensure()
    assert schedules.is_on(row("sync"))


def test_each_job_is_queued_when_it_is_due():
    assert schedules.queue_due() == len(JOBS)
    assert queued() == [
        "console.tasks.reconcile",
        "console.tasks.sync_all",
        "console.tasks.anchor",
        "console.tasks.archive",
        "console.tasks.tidy",
    ]
    with at(4.9):
        assert schedules.queue_due() == 0
    with at(5):
        assert schedules.queue_due() == 1
    assert queued()[len(JOBS) :] == ["console.tasks.reconcile"]


def test_what_was_missed_is_done_once():
    with at(7200):
        assert schedules.queue_due() == len(JOBS)
        assert schedules.queue_due() == 0
        assert schedules.get_last_run(row("sync")) == NOW + timedelta(hours=2)


def test_a_run_is_taken_by_one_machine_only():
    seen_by_both = row("sync")
    assert schedules.queue_due() == len(JOBS)
    assert not schedules._queue(seen_by_both)
    assert len(queued()) == len(JOBS)


def test_a_job_that_is_off_is_not_queued_until_it_is_on_again():
    schedules.queue_due()
    schedules.change(row("sync"), every_s=None, actor=None)
    with at(7200):
        schedules.queue_due()
        assert queued().count("console.tasks.sync_all") == 1
        schedules.change(row("sync"), every_s=3600, actor=None)
        schedules.queue_due()
        assert queued().count("console.tasks.sync_all") == 2


def test_another_pace_counts_from_the_last_run():
    assert schedules.get_last_run(row("sync")) is None
    schedules.queue_due()
    with at(600):
        schedules.change(row("sync"), every_s=900, actor=None)
        assert schedules.get_last_run(row("sync")) == NOW
        assert row("sync").next_run == NOW + timedelta(seconds=900)


def test_an_expression_from_elsewhere_counts_as_the_first_pace():
    Schedule.objects.filter(name="reconcile").update(cron="*/3 * * * *")
    assert schedules.get_pace(row("reconcile")) == timedelta(seconds=5)


def test_without_a_worker_the_queue_stays_short():
    for second in range(0, 600, 5):
        with at(second):
            schedules.queue_due()
    assert len(queued()) == LONG
    OrmQ.objects.all().delete()
    with at(601):
        assert schedules.queue_due() == 1


def test_rows_of_others_are_left_alone():
    Schedule.objects.create(name="theirs", func="os.abort", schedule_type="I", minutes=1, next_run=NOW)
    schedules.queue_due()
    assert "os.abort" not in queued()
