"""Processes that live and die together."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from bin.tools import ROOT
from bin.tools.spawn import spawn
from bin.tools.terminal import SetupError

# Longer than a request may wait on a platform, so that a create under way is finished and recorded.
GRACE_S = 25


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    process: subprocess.Popen[bytes]


@dataclass
class Family:
    """Starts processes; leaving its context stops every one of them and all that they started."""

    grace_s: float = GRACE_S
    members: list[Member] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a process under the name that a message would call it by."""
        self.members.append(Member(name, spawn(command, cwd=ROOT)))

    def require_alive(self) -> None:
        """Raise SetupError that names the first process that has ended."""
        for member in self.members:
            status = member.process.poll()
            if status is not None:
                raise SetupError(f"the {member.name} ended {_manner(status)}; the rest was stopped")

    def stop(self) -> None:
        """Ask all to end, wait for `grace_s`, then kill what is left; a second Ctrl-C cuts the wait short."""
        for member in self.members:
            member.process.terminate()
        deadline = time.monotonic() + self.grace_s
        with suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
            for member in self.members:
                member.process.wait(max(0.0, deadline - time.monotonic()))
        for member in self.members:
            with suppress(ProcessLookupError):
                os.killpg(member.process.pid, signal.SIGKILL)
            member.process.wait()
        self.members.clear()


def _manner(status: int) -> str:
    return f"by signal {-status}" if status < 0 else f"with status {status}"
