"""Measures the quota limiter: four processes create modules on a sandbox that throttles at ten a second.

    python -m tests.bench.quota [--seconds 20] [--databases sqlite postgresql] [--jitter 0 5 20 40]

Each cell has its own sandbox, and a proxy that delays every request by 0 to JITTER ms. "disturbed": one process is
stopped for 200 ms now and then, and one is killed. "stranger": somebody else uses half of the quota, for three times
as long, since the pace is probed by the minute. The ceiling is limit / (1 + round trip). Ends with status 1 when a
figure is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import console
from tests.bench.quota_cell import Cell, run
from tests.bench.quota_figures import Observed, missed, missed_beside_stranger

STRANGER_JITTER_MS = 20
STRANGER_TIMES = 3
HEAD = f"{'':34}{'grants':>7}{'viol.':>6}{'thr.':>6}{'RTT ms':>8}{'effic.':>8}{'fair':>6}{'CPU ms':>8}"


def cells(databases: list[str], jitters: list[int], seconds: float) -> Iterator[Cell]:
    for database in databases:
        for disturbed in (False, True):
            for jitter_ms in jitters:
                yield Cell(database=database, jitter_ms=jitter_ms, seconds=seconds, disturbed=disturbed)
        yield Cell(database=database, jitter_ms=STRANGER_JITTER_MS, seconds=seconds * STRANGER_TIMES, stranger=True)


def name_of(cell: Cell) -> str:
    kind = "stranger" if cell.stranger else "disturbed" if cell.disturbed else ""
    return f"{cell.database}, {cell.jitter_ms} ms {kind}".strip()


def show(cell: Cell, observed: Observed, faults: list[str]) -> None:
    figures = (
        f"{observed.grants:7}{observed.violations:6}{observed.throttled:6}{observed.round_trip_s * 1e3:8.1f}"
        if not cell.stranger
        else f"{observed.grants:7}{'':6}{observed.throttled:6}{observed.round_trip_s * 1e3:8.1f}"
    )
    efficiency = f"{observed.efficiency:8.1%}" if not cell.stranger else f"{'':8}"
    line = f"{name_of(cell):34}{figures}{efficiency}{observed.fairness:6.2f}{observed.cpu_s * 1e3:8.2f}"
    if cell.stranger:
        line += f"  refused after 5 s {observed.refused:.1%}, limit used by both {observed.used:.0%}"
    print(line + (f"  MISSED: {', '.join(faults)}" if faults else ""), flush=True)


def measure(database: str, chosen: list[Cell]) -> bool:
    """Run the cells of one database and print a line for each; tell whether every figure held."""
    held = True
    with tempfile.TemporaryDirectory() as name, console.database(database, Path(name)) as environment:
        for number, cell in enumerate(chosen):
            observed = run(cell, environment, Path(name), f"cell-{number}")
            faults = (missed_beside_stranger if cell.stranger else missed)(observed)
            show(cell, observed, faults)
            held &= not faults
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--jitter", nargs="+", type=int, default=[0, 5, 20, 40])
    options = parser.parse_args()
    chosen = list(cells(options.databases, options.jitter, options.seconds))
    print(HEAD)
    results = [measure(name, [cell for cell in chosen if cell.database == name]) for name in options.databases]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
