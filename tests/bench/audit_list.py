"""Measures the audit page on a short and on a long trail: each filter, its first and its last page.

    python -m tests.bench.audit_list [--rows 1000000] [--databases sqlite postgresql]

A figure is the best of several requests of a signed-in auditor. Ends with status 1 when a page of the long trail
takes more than 1.5 times what it takes on the short one, when the last page takes more than 1.5 times the first, or
when any takes more queries. Names are looked for a bounded way back: those figures are of one such page.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench.console import database, run

FEW = 10_000
LIMIT = 1.5
PROCESS = "tests.bench.audit_list_process"
Figures = Mapping[str, Mapping[str, float]]


def measure(name: str, rows: int) -> bool:
    with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as environment:
        run(environment, PROCESS, "fill", str(FEW))
        few = json.loads(run(environment, PROCESS, "measure"))
        run(environment, PROCESS, "fill", str(rows - FEW))
        many = json.loads(run(environment, PROCESS, "measure"))
    print(f"{name}: {FEW} and {rows} entries")
    held = [_compare(page, few[page], many[page]) for page in many]
    end = many["last page"]["ms"] / many["first page"]["ms"]
    print(f"  the last page takes {end:.2f} times the first (limit {LIMIT})", flush=True)
    return all(held) and end <= LIMIT


def _compare(page: str, few: Mapping[str, float], many: Mapping[str, float]) -> bool:
    ratio, is_bounded = many["ms"] / few["ms"], page.startswith("name")
    print(
        f"  {page:32} {few['ms']:7.1f} ms {many['ms']:7.1f} ms, {ratio:.2f} times, "
        f"{few['queries']:.0f} and {many['queries']:.0f} queries{', bounded' if is_bounded else ''}"
    )
    return many["queries"] == few["queries"] and (is_bounded or ratio <= LIMIT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    options = parser.parse_args()
    results = [measure(name, options.rows) for name in options.databases]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
