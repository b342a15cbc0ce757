"""What a person at the terminal has to put right: one line, and a non-zero status."""

import sys
from collections.abc import Callable


class SetupError(Exception):
    """Its text is the whole message; no traceback is shown."""


def say(line: str) -> None:
    """Print one line at once, whatever standard output is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def status_of(command: str, main: Callable[[], int]) -> int:
    """Run `main` and turn SetupError into one line on standard error and status 1."""
    try:
        return main()
    except SetupError as trouble:
        sys.stderr.write(f"{command}: {trouble}\n")
        return 1
