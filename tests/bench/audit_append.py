"""Measures what appending to the audit trail costs against a plain ORM insert of the same row.

    python -m tests.bench.audit_append [--rows 1000] [--rounds 5] [--databases sqlite postgresql]

Each append and each insert is a transaction of its own; rounds of both take turns. The plain insert is
`save()` of a model with the same columns, indexes and foreign key, without chain and guards. On PostgreSQL four
processes append at once, too. Judged is a database that waits for the disk at each commit, as both do when they are
delivered; beside it stands a PostgreSQL that does not, which shows the work alone. Ends with status 1
when the median of the rounds is more than 1.3 times, or when a chain is broken.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from tests.bench.console import database, run

LIMIT = 1.3
WRITERS = 4
PROCESS = "tests.bench.audit_append_process"


def measure(name: str, rows: int, rounds: int, *, is_durable: bool = True) -> bool:
    with tempfile.TemporaryDirectory() as folder, database(name, Path(folder), is_durable=is_durable) as environment:
        done = json.loads(run(environment, PROCESS, "turns", str(rows), str(rounds)))
        ratio = median(chained / plain for plain, chained in done["rounds"])
        plain, chained = (median(times) / rows * 1e6 for times in zip(*done["rounds"], strict=True))
        limit = f"waits for the disk: limit {LIMIT}" if is_durable else "does not wait for the disk: not judged"
        print(f"{name}: plain {plain:.0f} us, append {chained:.0f} us: {ratio:.2f} times ({limit})", flush=True)
        if name == "postgresql":
            for kind in ("plain", "append"):
                with ThreadPoolExecutor(WRITERS) as pool:
                    jobs = [pool.submit(run, environment, PROCESS, kind, str(rows), str(n)) for n in range(WRITERS)]
                    rates = [rows / float(job.result()) for job in jobs]
                print(f"{name}: {WRITERS} writers, {kind}: {sum(rates):.0f} a second", flush=True)
        state = run(environment, PROCESS, "verify").strip()
        print(f"{name}: the chain is {state}", flush=True)
        return (ratio <= LIMIT or not is_durable) and state == "sound"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    options = parser.parse_args()
    results = [measure(name, options.rows, options.rounds) for name in options.databases]
    if "postgresql" in options.databases:
        results.append(measure("postgresql", options.rows, options.rounds, is_durable=False))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
