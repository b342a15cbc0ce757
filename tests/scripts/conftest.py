import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from bin.tools import ROOT
from tests.scripts.running import Running, environment, start

LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", ".env", "var", ".*_cache", ".cache", ".hypothesis", "__pycache__")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files of a fresh clone."""
    return Path(shutil.copytree(ROOT, tmp_path / "clone", ignore=LEFT_OUT))


@pytest.fixture
def database() -> Iterator[dict[str, str]]:
    """Settings for an empty database of the kind this test run is about."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield {}
        return
    name = f"run_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {"DATABASE_URL": f"{server.rpartition('/')[0]}/{name}"}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


Launch = Callable[..., Running]


@pytest.fixture
def launch(checkout: Path, database: dict[str, str]) -> Iterator[Launch]:
    """Starts bin/run with the settings given and waits until it serves; stops it in the end."""
    started = []

    def _launch(**settings: str) -> Running:
        console = start(checkout, environment(checkout) | database | settings)
        started.append(console)
        console.wait_until_ready()
        return console

    yield _launch
    for console in started:
        if console.process.poll() is None:
            console.stop()
