"""Plays the cells that are selected, one console for each database and settings, and hands out their verdicts."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bin.tools import ROOT, postgres
from bin.tools.spawn import spawn

# Database and settings.
Run = tuple[str, str]
Verdicts = dict[str, dict[str, Any]]
LIMIT_S = 600
TABLES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Run], Verdicts]]:
    """The verdicts of one run. All that are wanted are played side by side when the first one is asked for."""
    folder = tmp_path_factory.mktemp("verdicts")
    processes = {run: _start(run, names, folder) for run, names in _selected(request.session.items).items()}
    tables = request.config.stash.setdefault(TABLES, [])
    known: dict[Run, Verdicts] = {}

    def verdicts_of(run: Run) -> Verdicts:
        if run[0] == "postgres" and not postgres.find_programs():
            pytest.skip("PostgreSQL is not installed")
        if run not in known:
            known[run] = _read(processes[run], _report(folder, run), tables)
        return known[run]

    yield verdicts_of
    for process in processes.values():
        process.terminate()
        process.wait()


def _selected(items: list[pytest.Item]) -> dict[Run, list[str]]:
    found: dict[Run, list[str]] = {}
    for item in items:
        given = getattr(item, "callspec", None)
        if given and "run" in given.params:
            found.setdefault(given.params["run"], []).append(given.params["cell"])
    return found


def _report(folder: Path, run: Run) -> Path:
    return folder / f"{'-'.join(run)}.json"


def _start(run: Run, names: list[str], folder: Path) -> subprocess.Popen[bytes]:
    database, settings = run
    command = [sys.executable, "-m", "tests.faults.matrix", f"--json={_report(folder, run)}"]
    command += ["--as-delivered"] if settings == "as delivered" else []
    with _report(folder, run).with_suffix(".log").open("wb") as log:
        return spawn([*command, database, *names], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)


def _read(process: subprocess.Popen[bytes], report: Path, tables: list[str]) -> Verdicts:
    process.wait(LIMIT_S)
    if not report.exists():
        pytest.fail(report.with_suffix(".log").read_text(errors="replace")[-6000:])
    told = json.loads(report.read_text())
    tables.append(told["table"])
    return {verdict["cell"]: verdict for verdict in told["verdicts"]}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for table in config.stash.get(TABLES, []):
        terminalreporter.write_line(f"\n{table}")
