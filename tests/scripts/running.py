"""A console started by bin/run from a checkout of its own."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bin.tools.spawn import spawn

START_LIMIT_S = 100
STOP_LIMIT_S = 40


@dataclass(frozen=True, slots=True)
class Running:
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    @property
    def sandbox_port(self) -> int:
        return int(self.environment["SANDBOX_PORT"])

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while "Ctrl-C stops it" not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_LIMIT_S)


def start(checkout: Path, environment: Mapping[str, str]) -> Running:
    log = checkout.parent / "output"
    with log.open("wb") as file:
        process = spawn([str(checkout / "bin" / "run")], env=environment, stdout=file, stderr=subprocess.STDOUT)
    return Running(process, environment, log)


def environment(checkout: Path, **settings: str) -> dict[str, str]:
    """What a new terminal has, free ports, and the packages of this test run instead of an installation."""
    inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    first = free_ports(2)
    ports = {"PORT": str(free_ports(1)), "SANDBOX_PORT": str(first)}
    own = {"HOME": str(checkout.parent), "VENV": sys.prefix, "PYTHON": sys.executable}
    return inherited | own | ports | settings


def free_ports(count: int) -> int:
    """The first of so many free ports in a row.

    Below those that the system hands out by itself: one of them may be taken again before it is used.
    """
    while True:
        first = random.randrange(10_000, 32_000)
        if not any(is_open(port) for port in range(first, first + count)):
            return first


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def descendants(pid: int) -> dict[int, str]:
    """The processes below one, with their command lines."""
    parents = {int(path.parent.name): _parent(path) for path in Path("/proc").glob("[0-9]*/stat")}
    below, found = {pid}, set()
    while below:
        below = {child for child, parent in parents.items() if parent in below}
        found |= below
    return {child: _command(child) for child in found}


def _parent(stat: Path) -> int:
    try:
        return int(re.sub(r"^.*\) ", "", stat.read_text()).split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def wait_until_gone(pids: Mapping[int, str]) -> None:
    deadline = time.monotonic() + STOP_LIMIT_S
    while left := {pid: name for pid, name in pids.items() if Path(f"/proc/{pid}").exists()}:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
