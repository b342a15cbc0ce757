"""The sandbox as a process of its own, and what its control interface tells and takes."""

import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.faults.processes import Supervised

READY = re.compile(r"sandbox ready alibaba=(\S+) tuya=(\S+)")
START_LIMIT_S = 30


@dataclass(slots=True)
class Platform:
    """Both dialects of one sandbox process. It keeps its state when the console dies."""

    process: Supervised
    alibaba: str
    tuya: str

    def address(self, dialect: str) -> tuple[str, int]:
        parts = urlsplit(self.tuya if dialect == "tuya" else self.alibaba)
        return str(parts.hostname), int(parts.port or 0)

    def control(self, method: str, path: str, **body: object) -> Any:
        answer = requests.request(method, f"{self.alibaba}/_sandbox/{path}", json=body or None, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def products(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", "state")["products"]
        return found

    def calls(self) -> list[dict[str, Any]]:
        """The journal: every call that arrived, oldest first."""
        found: list[dict[str, Any]] = self.control("GET", "calls")
        return found


def start(folder: Path, name: str, keys: list[str]) -> Platform:
    """A sandbox with limits that knows these keys, each `ID:SECRET` with a quota of its own."""
    ports = ["--port=0", "--tuya-port=0", f"--data={folder / name}.sqlite3"]
    command = [sys.executable, "-m", "console.sandbox", *ports, *(f"--key={key}" for key in keys)]
    process = Supervised(name, command, folder)
    process.start()
    deadline = time.monotonic() + START_LIMIT_S
    while not (ready := READY.search(process.output())):
        process.require_alive()
        if time.monotonic() > deadline:
            raise TimeoutError(process.output())
        time.sleep(0.05)
    return Platform(process, ready[1], ready[2])
