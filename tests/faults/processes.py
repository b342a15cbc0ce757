"""A process that is killed without warning and started again, as a supervisor would."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bin.tools import ROOT
from bin.tools.spawn import spawn


@dataclass(slots=True)
class Supervised:
    """One command in a process group of its own; what it says is appended to `folder`/`name`.log.

    Start it from a thread that lives as long as it shall: Linux ends it with the thread that started it.
    """

    name: str
    command: Sequence[str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = spawn(self.command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)

    def kill(self) -> None:
        """SIGKILL to all of the group at once."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def require_alive(self) -> None:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"{self.name} has ended:\n{self.output()[-4000:]}")
