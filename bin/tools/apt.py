"""Debian packages: installed when we may, and otherwise the command that would do it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence


def can_install() -> bool:
    """Whether this is root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def command_for(packages: Sequence[str]) -> str:
    """Return the command a person can paste."""
    return f"sudo apt-get install {' '.join(packages)}"


def install(packages: Sequence[str]) -> bool:
    """Install the packages without a question; when apt could not, show what it said and return false."""
    return _apt("update") and _apt("install", "-y", "--no-install-recommends", *packages)


def _apt(*arguments: str) -> bool:
    command = [shutil.which("apt-get") or "apt-get", "-q", *arguments]
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
    return done.returncode == 0
