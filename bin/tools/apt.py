"""Debian packages: installed when we may, and otherwise the command that would do it."""

import os
import shutil
import subprocess
from collections.abc import Sequence


def can_install() -> bool:
    """Whether this is root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def command_for(packages: Sequence[str]) -> str:
    """Return the command a person can paste."""
    return f"sudo apt-get install {' '.join(packages)}"


def install(packages: Sequence[str]) -> bool:
    """Install the packages without a question; false when apt could not."""
    apt = shutil.which("apt-get") or "apt-get"
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    steps = [[apt, "-qq", "update"], [apt, "-qq", "install", "-y", "--no-install-recommends", *packages]]
    return all(
        subprocess.run(
            step, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        ).returncode
        == 0
        for step in steps
    )
