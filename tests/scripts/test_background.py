"""Real workers and clocks that are killed, told to stop, or left without a database."""

import os
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bin.tools import clean_environment
from tests.scripts import list_server
from tests.scripts.machine import LIMIT_S, Machine, wait_for
from tests.scripts.running import descendants

PUT = "from console.services import queues; queues.put('tests.scripts.slow_task.first_hangs', {!r})"
# What time does: the task counts as undelivered again.
LET_TIME_PASS = """
from datetime import timedelta
from django.db.models import F
from django_q.models import OrmQ, Schedule
OrmQ.objects.update(lock=F("lock") - timedelta(hours=1))
Schedule.objects.update(next_run=F("next_run") - timedelta(days=1))
"""
IS_LATE = "from console.services import heartbeat; print(heartbeat.is_late())"
COUNT = "from django_q.models import OrmQ; print(OrmQ.objects.count())"


@pytest.fixture
def machine(tmp_path: Path, database: dict[str, str]) -> Iterator[Machine]:
    made = Machine(clean_environment.make() | {"DATA_DIR": str(tmp_path)} | database, tmp_path / "log")
    made.do("migrate", "-v0")
    yield made
    made.kill_all()


@pytest.fixture
def hanging(machine: Machine, tmp_path: Path) -> Path:
    """A worker in the middle of a task; the file names who took it."""
    takers = tmp_path / "takers"
    machine.start("worker")
    machine.shell(PUT.format(str(takers)))
    wait_for(lambda: pids(takers))
    return takers


def pids(takers: Path) -> list[int]:
    return [int(line) for line in takers.read_text().splitlines()] if takers.exists() else []


def count(machine: Machine) -> int:
    """How many tasks wait or are under way."""
    return int(machine.shell(COUNT))


def test_what_a_killed_cluster_had_is_done_by_another(machine: Machine, hanging: Path):
    machine.kill_all()
    machine.start("worker")
    machine.shell(LET_TIME_PASS)
    wait_for(lambda: len(pids(hanging)) == 2)
    wait_for(lambda: count(machine) == 0)


def test_what_a_killed_process_had_is_done_by_the_one_in_its_place(machine: Machine, hanging: Path):
    os.kill(pids(hanging)[0], signal.SIGKILL)
    machine.shell(LET_TIME_PASS)
    wait_for(lambda: len(pids(hanging)) == 2)
    wait_for(lambda: count(machine) == 0)
    assert machine.started[0].poll() is None


def test_one_that_hangs_keeps_no_other_task_waiting(machine: Machine, hanging: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.touch()
    machine.shell(PUT.format(str(other)))
    wait_for(lambda: pids(other))


def test_a_clock_that_was_killed_goes_on_where_it_was(machine: Machine):
    machine.start("clock")
    wait_for(lambda: count(machine) >= 2)
    machine.kill_all()
    before = count(machine)
    machine.start("clock")
    machine.shell(LET_TIME_PASS)
    wait_for(lambda: count(machine) >= before + 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_when_told_while_it_starts(machine: Machine, number: int):
    process = machine.start("worker", "--queue=syncs")
    wait_for(lambda: descendants(process.pid))
    process.send_signal(number)
    assert process.wait(LIMIT_S) == 0


def test_a_worker_finishes_what_it_has(machine: Machine, tmp_path: Path):
    takers = tmp_path / "takers"
    takers.touch()
    process = machine.start("worker")
    machine.shell(PUT.format(str(takers)))
    wait_for(lambda: pids(takers))
    process.terminate()
    assert process.wait(LIMIT_S) == 0
    assert count(machine) == 0


def test_tasks_may_wait_in_redis(tmp_path: Path, database: dict[str, str]):
    with list_server.serving() as url:
        own = {"DATA_DIR": str(tmp_path), "TASK_BROKER_URL": url}
        machine = Machine(clean_environment.make() | own | database, tmp_path / "log")
        machine.do("migrate", "-v0")
        try:
            worker = machine.start("worker")
            machine.start("clock")
            wait_for(lambda: machine.shell(IS_LATE) == "False")
            assert count(machine) == 0
            worker.terminate()
            assert worker.wait(LIMIT_S) == 0
        finally:
            machine.kill_all()


def test_a_clock_waits_for_its_database_and_says_so_once(tmp_path: Path):
    place = tmp_path / "later"
    url = f"sqlite:///{place / secrets.token_hex(4)}.sqlite3"
    machine = Machine(clean_environment.make() | {"DATA_DIR": str(tmp_path), "DATABASE_URL": url}, tmp_path / "log")
    try:
        clock = machine.start("clock")
        wait_for(lambda: "Nothing is queued until" in machine.log.read_text())
        place.mkdir()
        machine.do("migrate", "-v0")
        wait_for(lambda: "answer again." in machine.log.read_text())
        wait_for(lambda: count(machine) >= 2)
        assert machine.log.read_text().count("Nothing is queued until") == 1
        clock.terminate()
        assert clock.wait(LIMIT_S) == -signal.SIGTERM
    finally:
        machine.kill_all()
