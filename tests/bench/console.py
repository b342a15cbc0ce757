"""A console for the benches: on SQLite in a folder, or on a PostgreSQL of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bin.tools import clean_environment
from bin.tools.postgres import find_programs, temporary_cluster


@contextmanager
def database(name: str, folder: Path, *, is_durable: bool = False) -> Iterator[Mapping[str, str]]:
    """An environment whose DATABASE_URL names a migrated, empty database. SQLite waits for the disk in any case."""
    programs = find_programs() if name == "postgresql" else None
    if name == "postgresql" and not programs:
        raise SystemExit("PostgreSQL is not installed: choose --databases sqlite")
    if not programs:
        yield _migrated(f"sqlite:///{folder / 'bench.sqlite3'}", folder)
        return
    with temporary_cluster(programs, is_durable=is_durable) as url:
        yield _migrated(url, folder)


def _migrated(url: str, folder: Path) -> Mapping[str, str]:
    environment = clean_environment.make() | {"DATABASE_URL": url, "DATA_DIR": str(folder), "DEMO": "0"}
    environment["DJANGO_SETTINGS_MODULE"] = "console.settings"
    manage(environment, "migrate", "--skip-checks", "--verbosity=0")
    return environment


def manage(environment: Mapping[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], env=dict(environment), check=True)


def run(environment: Mapping[str, str], module: str, *arguments: str) -> str:
    """What a module of the benches prints, run in a process of its own."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=os.environ | dict(environment), check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout
