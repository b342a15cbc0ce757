"""Processes that live and die together, without a console."""

import signal
import sys
import time
from pathlib import Path

import pytest

from bin.tools.family import Family
from bin.tools.terminal import SetupError
from tests.scripts.running import descendants, wait_until_gone

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
HAS_A_CHILD = [sys.executable, "-c", f"import subprocess; subprocess.run({SLEEP!r})"]
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""


def watch(members: Family) -> None:
    """Look after them for as long as they all live, and half a minute at most."""
    for _ in range(3000):
        members.require_alive()
        time.sleep(0.01)


def test_the_one_that_ended_is_named():
    with Family() as members:
        members.start("long one", SLEEP)
        members.start("short one", [sys.executable, "-c", "raise SystemExit(3)"])
        with pytest.raises(SetupError, match="the short one ended with status 3; the rest was stopped"):
            watch(members)


def test_a_signal_is_named():
    with Family() as members:
        members.start("victim", SLEEP)
        members.members[0].process.kill()
        with pytest.raises(SetupError, match="the victim ended by signal 9"):
            watch(members)


def test_children_of_children_end_too():
    with Family() as members:
        members.start("parent", HAS_A_CHILD)
        process = members.members[0].process
        while not (below := descendants(process.pid)):
            time.sleep(0.01)
        # What the parent started takes no notice of its end.
        process.send_signal(signal.SIGTERM)
        process.wait()
    wait_until_gone(below)


def test_one_that_will_not_end_is_killed(tmp_path: Path):
    with Family(grace_s=0.2) as members:
        members.start("stubborn one", [sys.executable, "-c", STUBBORN, str(tmp_path / "ready")])
        process = members.members[0].process
        while not (tmp_path / "ready").exists():
            time.sleep(0.01)
    assert process.returncode == -signal.SIGKILL
