"""A task that whoever takes it first never finishes."""

import os
import time
from pathlib import Path


def first_hangs(path: str) -> None:
    """Write down which process does it; the first one then hangs."""
    file = Path(path)
    is_first = not file.exists()
    with file.open("a") as lines:
        lines.write(f"{os.getpid()}\n")
    if is_first:
        time.sleep(600)
