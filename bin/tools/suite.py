"""Checks, then every test: on SQLite, on PostgreSQL, in a browser, and with processes that are killed."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TypeVar

from bin.tools import ROOT, apt, browser, clean_environment, postgres
from bin.tools.results import Results
from bin.tools.spawn import spawn
from bin.tools.terminal import SetupError, say, status_of

IN_PARALLEL = ["-n", "auto", "-m", "not browser and not faults"]
IN_A_BROWSER = ["-m", "browser"]
# One after the other: they share the processes that they kill, on both databases.
SOME_FAULTS = ("-m", "faults and not whole")
ALL_FAULTS = ("-m", "faults")
FAST, FAULTS = "--fast", "--faults"
NOTHING_COLLECTED = 5
ABORT_LIMIT_S = 10

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Suite:
    """One run of everything; `arguments` go to each pytest, `fast` leaves out what needs more than Python,
    `faults` chooses the cells of the fault matrix.
    """

    scratch: Path
    arguments: Sequence[str]
    fast: bool
    results: Results
    faults: Sequence[str] = SOME_FAULTS

    def run(self) -> None:
        self._checks()
        self._pytest("SQLite", IN_PARALLEL)
        if self.fast:
            self.results.add_missing("--fast: PostgreSQL, the browser and the faults were left out")
            return
        if programs := self._find("PostgreSQL", postgres.find_programs, [postgres.PACKAGE]):
            self._postgresql(programs)
        if self._find("Chromium", browser.find_program, browser.PACKAGES):
            self._pytest("Chromium", IN_A_BROWSER, DJANGO_ALLOW_ASYNC_UNSAFE="true")
        self._pytest("Faults", self.faults)

    def _checks(self) -> None:
        if _run([sys.executable, "-m", "bin.tools.checks"], dict(os.environ)):
            self.results.add_failure("bin/check failed: see above")

    def _postgresql(self, programs: Path) -> None:
        try:
            with postgres.temporary_cluster(programs) as url:
                self._pytest("PostgreSQL", IN_PARALLEL, DATABASE_URL=url)
        except (SetupError, OSError) as trouble:
            self.results.add_failure(f"PostgreSQL: {trouble}")

    def _find(self, name: str, find: Callable[[], Found | None], packages: list[str]) -> Found | None:
        """Return what a run needs, after an attempt to install it where a gap would be a failure."""
        if not find() and self.results.strict and apt.can_install():
            say(f"Installing {' '.join(packages)}")
            apt.install(packages)
        found = find()
        if not found:
            self.results.add_missing(f"{name}: not run, it is not installed: {apt.command_for(packages)}")
        return found

    def _pytest(self, name: str, options: Sequence[str], **settings: str) -> None:
        say(f"\n=== {name}")
        report = self.scratch / f"{name}.xml"
        env = clean_environment.make() | {"DATA_DIR": str(self.scratch / name)} | settings
        command = [sys.executable, "-m", "pytest", "-q", *self.arguments, *options, f"--junitxml={report}"]
        status = _run(command, env)
        failed_before = self.results.failed
        if report.exists():
            self.results.add_report(name, report)
        narrowed_to_nothing = status == NOTHING_COLLECTED and self.arguments
        if status and not narrowed_to_nothing and self.results.failed == failed_before:
            self.results.add_failure(f"{name}: pytest ended with status {status}")


def _run(command: list[str], env: dict[str, str]) -> int:
    """Run to the end; when we are stopped, let pytest and its workers put their fixtures away first."""
    process = spawn(command, cwd=ROOT, env=env)
    try:
        return process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ABORT_LIMIT_S)
        raise
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def faults_of(arguments: Sequence[str]) -> Sequence[str]:
    """Return the options that choose the cells of the fault matrix: few, unless all were asked for."""
    return ALL_FAULTS if FAULTS in arguments else SOME_FAULTS


def main() -> int:
    """Run all of it and print the sums; 0 when nothing failed."""
    signal.signal(signal.SIGTERM, _interrupt)
    arguments = [argument for argument in sys.argv[1:] if argument not in (FAST, FAULTS)]
    results = Results(strict=os.environ.get("CI", "").lower() in {"1", "true"})
    with tempfile.TemporaryDirectory(prefix="ota-console-test-") as scratch:
        Suite(Path(scratch), arguments, FAST in sys.argv, results, faults_of(sys.argv)).run()
    say("\n" + "\n".join(results.lines()))
    return 1 if results.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(status_of("bin/test", main))
    except KeyboardInterrupt:
        sys.exit("bin/test: stopped")
