"""bin/run looks for an interpreter that works, and says what it found when there is none."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scripts.running import environment

OLD = '#!/bin/sh\ncase "$1" in -V) echo "Python 3.9.2" ;; *) exit 1 ;; esac\n'
SHIM = '#!/bin/sh\necho "pyenv: python3: command not found" >&2\nexit 127\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder that stands for PATH and has nothing of Python's."""
    folder = tmp_path / "path"
    folder.mkdir()
    (folder / "dirname").symlink_to(shutil.which("dirname"))
    return folder


def add(path: Path, name: str, script: str) -> Path:
    (path / name).write_text(script)
    (path / name).chmod(0o755)
    return path / name


def run(checkout: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    # A port that is none ends the run as soon as a Python has been found.
    env = environment(checkout, PORT="none") | settings
    env = {name: value for name, value in env.items() if value}
    return subprocess.run([checkout / "bin" / "run"], env=env, capture_output=True, text=True, check=False)


def test_no_python(checkout, path):
    done = run(checkout, PATH=str(path), PYTHON="")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed, found none; PYTHON=" in done.stderr
    assert done.stderr.count("\n") == 1


def test_only_an_old_python(checkout, path):
    add(path, "python3", OLD)
    done = run(checkout, PATH=str(path), PYTHON="")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed, found Python 3.9.2; PYTHON=" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("script", [OLD, SHIM], ids=["old", "broken"])
def test_named_python_does_not_do(checkout, path, script):
    named = add(path, "python-of-mine", script)
    done = run(checkout, PATH=str(path), PYTHON=str(named))
    assert done.returncode == 1
    assert done.stderr.endswith(f"PYTHON={named} is not a Python 3.11 or newer that starts\n")


@pytest.mark.parametrize("script", [OLD, SHIM], ids=["old", "broken"])
def test_the_next_one_is_tried(checkout, path, script):
    add(path, "python3", script)
    (path / "python3.11").symlink_to(sys.executable)
    assert "PORT=none is not a number" in run(checkout, PATH=str(path), PYTHON="").stderr
