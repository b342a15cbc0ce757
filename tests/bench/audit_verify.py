"""Measures the verification of the trail against a bare Python loop that does the same hashes over the same bytes.

    python -m tests.bench.audit_verify [--rows 1000000] [--databases sqlite postgresql] [--rounds 3]

The loop has all records in memory, and computes record hash, chain hash and, by hmac.digest(), seal of each; beside it
stands one that has hashed the key beforehand, as the verification does. The verification reads the database and
compares every column as well. Memory is what the process grows by: Django and the console themselves are beside it.
Ends with status 1 when the best round takes more than 2 (SQLite) or 3.5 (PostgreSQL) times as long, or more than 64 MB.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench.console import database, run

LIMITS = {"sqlite": 2.0, "postgresql": 3.5}
LIMIT_MB = 64
PROCESS = "tests.bench.audit_verify_process"


def measure(name: str, rows: int, rounds: int) -> bool:
    with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as environment:
        run(environment, PROCESS, "fill", str(rows))
        results = [one_round(environment, rows) for _ in range(rounds)]
    ratio, memory = min(ratio for ratio, _ in results), max(memory for _, memory in results)
    held = ratio <= LIMITS[name] and memory <= LIMIT_MB
    print(f"{name}: {ratio:.2f} times (limit {LIMITS[name]}), {memory:.0f} MB more (limit {LIMIT_MB} MB)", flush=True)
    return held


def one_round(environment: Mapping[str, str], rows: int) -> tuple[float, float]:
    # One after the other, so that a busy machine slows both.
    verified = json.loads(run(environment, PROCESS, "verify"))
    bare = json.loads(run(environment, PROCESS, "bare"))
    if verified["state"] != "sound":
        raise SystemExit(f"The trail should be sound: {verified}")
    plain, prepared = bare["plain"]["s"], bare["prepared"]["s"]
    ratio = verified["s"] / plain
    print(
        f"  {rows} entries: verified in {verified['s']:.2f} s, bare loop {plain:.2f} s, with a prepared key "
        f"{prepared:.2f} s: {ratio:.2f} and {verified['s'] / prepared:.2f} times; "
        f"process {verified['peak_mb']:.0f} MB, {verified['grown_mb']:.0f} MB of it grown",
        flush=True,
    )
    return ratio, verified["grown_mb"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--databases", nargs="+", choices=LIMITS, default=list(LIMITS))
    options = parser.parse_args()
    results = [measure(name, options.rows, options.rounds) for name in options.databases]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
