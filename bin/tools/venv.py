"""Make the virtual environment and install the locks, each only when it is out of date.

Runs under the machine's own Python, so it knows nothing but the standard library.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bin.tools import ROOT, apt
from bin.tools.terminal import SetupError, say, status_of

PIP_OPTIONS = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
# Some of the official clients' packages come as source only; they are pure Python and need no compiler.
WITH_SOURCES = {"tests/conformance/requirements.txt"}


def ensure(venv: Path, locks: list[str]) -> None:
    """Bring `venv` up to date with the lock files; raise SetupError when it cannot be done."""
    with _alone(venv):
        if not _works(venv):
            _make(venv)
        for lock in locks:
            if not _is_installed(venv, lock):
                _install(venv, lock)


@contextmanager
def _alone(venv: Path) -> Iterator[None]:
    """Keep a second command that was started at the same time waiting, not mixing in."""
    try:
        venv.mkdir(parents=True, exist_ok=True)
        handle = os.open(venv, os.O_RDONLY)
    except OSError as error:
        raise SetupError(f"cannot make {venv}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _works(venv: Path) -> bool:
    probe = [str(venv / "bin" / "python"), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _make(venv: Path) -> None:
    _require_ensurepip()
    say(f"Making {venv} with Python {sys.version.split()[0]}")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False).returncode:
        raise SetupError(f"{sys.executable} could not make {venv}")


def _require_ensurepip() -> None:
    """Debian ships Python without ensurepip, which `venv` needs."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not apt.can_install():
        raise SetupError(f"{sys.executable} has no ensurepip. Install it: {apt.command_for([package])}")
    say(f"Installing {package}")
    if not apt.install([package]):
        raise SetupError(f"apt could not install {package}, which {sys.executable} needs to make {ROOT.name}'s .venv")


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _stamp(venv: Path, lock: str) -> Path:
    return venv / f".installed-{lock.replace('/', '-')}"


def _is_installed(venv: Path, lock: str) -> bool:
    stamp = _stamp(venv, lock)
    return stamp.exists() and stamp.read_text() == _digest(lock)


def _install(venv: Path, lock: str) -> None:
    say(f"Installing {lock}")
    kind = "--use-pep517" if lock in WITH_SOURCES else "--only-binary=:all:"
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", *PIP_OPTIONS]
    if subprocess.run([*pip, kind, "-r", str(ROOT / lock)], stdin=subprocess.DEVNULL, check=False).returncode:
        raise SetupError(f"pip could not install {lock} into {venv}: see its message above")
    _stamp(venv, lock).write_text(_digest(lock))


def main() -> int:
    """Take the folder and the lock files from the command line, after the name to complain under."""
    ensure(Path(sys.argv[2]), sys.argv[3:])
    return 0


if __name__ == "__main__":
    sys.exit(status_of(sys.argv[1], main))
