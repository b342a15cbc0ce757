"""One cell of the quota bench: four processes of the console, a sandbox with its limits, a delaying proxy between."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.quota_figures import LIMIT, Observed

PROCESSES = 4
STOP_S = 0.2
STOPS_EVERY_S = (1.0, 4.0)
# In a cell of seconds the lease of the killed process has to end too: its slot comes back after this.
TOTAL_TIMEOUT_S = 2
LEASE_AND_REST_S = TOTAL_TIMEOUT_S + 6
SETTINGS = {
    "PLATFORM_TOTAL_TIMEOUT_S": str(TOTAL_TIMEOUT_S),
    "ALLOW_PRIVATE_ENDPOINTS": "1",
    "LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`disturbed` stops and kills processes; `stranger` lets somebody else use half of the quota."""

    database: str
    jitter_ms: int
    seconds: float
    disturbed: bool = False
    stranger: bool = False


def run(cell: Cell, environment: Mapping[str, str], folder: Path, slug: str) -> Observed:
    """Carry the cell out; `environment` names a migrated database."""
    environment = {**environment, **SETTINGS}
    with ExitStack() as stack:
        url = stack.enter_context(sandbox())
        endpoint = stack.enter_context(proxy(url, cell.jitter_ms))
        enter_account(slug, endpoint, environment)
        starting = (caller(cell, slug, url, number, environment, folder) for number in range(PROCESSES))
        callers = [stack.enter_context(process) for process in starting]
        for process in callers:
            wait_for_ready(process)
        stranger = stack.enter_context(the_stranger(cell, url, endpoint)) if cell.stranger else None
        killed_at = go(cell, callers, environment["DATABASE_URL"])
        said = stranger.communicate()[0].split() if stranger else ()
        arrivals = [call["at"] for call in ask(url, "calls") if call["action"] == "CreateOTAModule"]
    calls = [calls_of(folder / f"{slug}-{number}") for number, process in enumerate(callers) if process.returncode == 0]
    return Observed(
        calls=calls, arrivals=sorted(arrivals), killed_at=killed_at, lease_s=LEASE_AND_REST_S, stranger=said
    )


def go(cell: Cell, callers: list[subprocess.Popen[str]], database_url: str) -> float:
    """Let all start at once and wait for their end; return when one was killed, 0.0 if none was that held a slot."""
    for process in callers:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    end = time.monotonic() + cell.seconds
    killed_at = disturb(callers, end, database_url) if cell.disturbed else 0.0
    for process in callers:
        process.wait()
    return killed_at


def disturb(callers: list[subprocess.Popen[str]], end: float, database_url: str) -> float:
    """Stop one process now and then; kill one for good in the second quarter of the cell."""
    kill_at = end - (end - time.monotonic()) * random.uniform(0.5, 0.75)
    victim, killed_at, living = random.choice(callers), 0.0, True
    while (pause_s := random.uniform(*STOPS_EVERY_S)) < end - time.monotonic():
        time.sleep(pause_s)
        stopped = random.choice([process for process in callers if process is not victim])
        stopped.send_signal(signal.SIGSTOP)
        time.sleep(STOP_S)
        stopped.send_signal(signal.SIGCONT)
        if living and time.monotonic() > kill_at:
            victim.kill()
            victim.wait()
            killed_at = time.time() if holds_a_slot(victim.pid, database_url) else 0.0
            living = False
    return killed_at


def holds_a_slot(pid: int, database_url: str) -> bool:
    """Whether the lease of a process stands in the table: its holder begins with the process's number."""
    query = f"SELECT 1 FROM console_quotaslot WHERE holder LIKE '{pid}.%'"
    if database_url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as database:
            return bool(database.execute(query).fetchall())
    with psycopg.connect(database_url) as server:
        return bool(server.execute(query.encode()).fetchall())


@contextmanager
def started(module: str, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE} | options
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], text=True, **streams)
    try:
        yield process
    finally:
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()
        process.terminate()
        process.wait()


@contextmanager
def sandbox() -> Iterator[str]:
    with started("console.sandbox", "--port", "0", "--tuya-port", "0", "--data", ":memory:") as process:
        yield first_line(process).split()[2].partition("=")[2]


@contextmanager
def proxy(url: str, jitter_ms: int) -> Iterator[str]:
    with started("tests.bench.quota_proxy", url.rpartition(":")[2], str(jitter_ms)) as process:
        yield f"http://127.0.0.1:{first_line(process)}"


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@contextmanager
def caller(
    cell: Cell, slug: str, url: str, number: int, environment: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[str]]:
    products = make_products(url, f"caller{number}", int(cell.seconds * LIMIT / 10) + 1)
    with (
        (folder / f"{slug}-{number}").open("w") as output,
        started(
            "tests.bench.quota_caller", slug, str(cell.seconds), *products, stdout=output, env=dict(environment)
        ) as process,
    ):
        process.output = Path(output.name)  # type: ignore[attr-defined]
        yield process


def wait_for_ready(process: subprocess.Popen[str]) -> None:
    while not process.output.read_text().startswith("ready"):  # type: ignore[attr-defined]
        if process.poll() is not None:
            raise RuntimeError("a caller did not start")
        time.sleep(0.05)


def the_stranger(cell: Cell, url: str, endpoint: str) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    products = make_products(url, "stranger", int(cell.seconds * LIMIT / 20) + 1)
    return started("tests.bench.quota_stranger", endpoint, str(LIMIT / 2), str(cell.seconds), *products)


def enter_account(slug: str, endpoint: str, environment: Mapping[str, str]) -> None:
    options = {"slug": slug, "platform": "alibaba", "endpoint": endpoint, "region": "cn-shanghai"}
    arguments = [f"--{name}={value}" for name, value in {**options, "access-key-id": "sandbox-id"}.items()]
    command = [sys.executable, "manage.py", "account_add", "--skip-checks", *arguments]
    subprocess.run(command, input="sandbox-secret\n", env=environment, check=True, stdout=subprocess.DEVNULL, text=True)


def make_products(url: str, name: str, count: int) -> list[str]:
    return [ask(url, "products", {"product_name": f"{name}_{number}"})["product_key"] for number in range(count)]


def ask(url: str, path: str, body: dict[str, str] | None = None) -> Any:
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"{url}/_sandbox/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def calls_of(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.read_text().splitlines()[1:]]
