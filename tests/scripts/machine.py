"""The processes of one machine that does background work, without bin/run and without a web server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bin.tools import ROOT
from bin.tools.spawn import spawn

LIMIT_S = 60


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything it starts logs into one file."""

    environment: Mapping[str, str]
    log: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start `manage.py` with this command."""
        with self.log.open("ab") as log:
            process = spawn(manage(*command), cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.started.append(process)
        return process

    def do(self, *command: str) -> str:
        """Run `manage.py` to its end and return what it prints."""
        return subprocess.check_output(manage(*command), cwd=ROOT, env=self.environment, text=True).strip()

    def shell(self, code: str) -> str:
        return self.do("shell", "--no-imports", "-c", code)

    def kill_all(self) -> None:
        """SIGKILL for all that was started and all that those started."""
        for process in self.started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.started.clear()


def manage(*command: str) -> list[str]:
    return [sys.executable, "manage.py", *command]


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)
