"""A process that was spawned hears signals, whatever this one ignores."""

import signal
import subprocess
import sys

import pytest

from bin.tools.spawn import spawn

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_an_ignored_signal_is_heard_again(number):
    before = signal.signal(number, signal.SIG_IGN)
    try:
        process = spawn(SLEEP, stderr=subprocess.DEVNULL)
    finally:
        signal.signal(number, before)
    try:
        process.send_signal(number)
        assert process.wait(10) == -number
    finally:
        process.kill()
