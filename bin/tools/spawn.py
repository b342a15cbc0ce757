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
        "preexec_fn": _begin,
    }
    process: subprocess.Popen[bytes] = subprocess.Popen(command, **(own | options))
    return process


def _begin() -> None:
    """Hear signals whatever started us ignores, and have Linux end us when our parent is killed."""
    # nohup and a shell's background jobs ignore them, but we have no terminal: who sends one means us.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
