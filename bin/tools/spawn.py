"""Starting a process that ends when we do, whatever ends us."""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, where the terminal's Ctrl-C does not reach it.

    The options are those of `subprocess.Popen`.
    """
    own: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "start_new_session": True,
        "preexec_fn": _follow_parent,
    }
    process: subprocess.Popen[bytes] = subprocess.Popen(command, **(own | options))
    return process


def _follow_parent() -> None:
    """Have Linux end this process when its parent is killed without a chance to stop it."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
