"""Measures an evidence pack against a plain dump of the same entries as JSON lines.

    python -m tests.bench.evidence [--rows 50000] [--rounds 3]

The dump is what nobody can do without: the same rows, read in the same batches, written as JSON. On the database of
DATABASE_URL, a SQLite file of its own by default; the entries stay in a test database that is removed in the end.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django
from django.test.utils import setup_databases, setup_test_environment, teardown_databases


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    django.setup()
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure(asked.rows, asked.rounds, Path(folder) / "pack.zip")
    finally:
        teardown_databases(databases, verbosity=0)
    return 0


def measure(rows: int, rounds: int, file: Path) -> None:
    from console.services.audit_search import Search
    from console.services.evidence import export
    from console.services.roles import Role
    from tests import long_trail, make
    from tests.security.packs import VERIFIER

    auditor = make.user("auditor", Role.AUDITOR)
    long_trail.fill(entries=rows, actor=auditor)
    verify = [sys.executable, "-I", str(VERIFIER), str(file)]
    pack_s, dump_s, verify_s = [], [], []
    for _ in range(rounds):
        dump_s.append(seconds(lambda: write(file, dump())))
        pack_s.append(seconds(lambda: write(file, export(search=Search(), reader=auditor))))
        verify_s.append(seconds(lambda: subprocess.run(verify, check=True, capture_output=True)))
    pack, plain, verified = (statistics.median(figures) for figures in (pack_s, dump_s, verify_s))
    print(f"{rows} entries, {file.stat().st_size / rows:.0f} bytes each in the ZIP")
    print(f"pack    {rows / pack:>9,.0f} entries/s  {pack / plain:.2f} times a plain dump")
    print(f"dump    {rows / plain:>9,.0f} entries/s")
    print(f"verify  {rows / verified:>9,.0f} entries/s")


def dump() -> Iterator[bytes]:
    from console.models import AuditHead
    from console.services.evidence_entries import find_in_order

    for batch in find_in_order(range(1, AuditHead.objects.get().sequence + 1)):
        yield "".join(f"{json.dumps(row._asdict(), ensure_ascii=False)}\n" for row in batch).encode()


def write(file: Path, parts: Iterator[bytes]) -> None:
    with file.open("wb") as out:
        out.writelines(parts)


def seconds(deed: Callable[[], object]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
