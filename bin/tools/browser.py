"""The browser of the tests: Debian's Chromium, driven by the Node.js that Playwright brings along."""

import ctypes
import shutil
import sys

PACKAGES = ["chromium", "fonts-noto-cjk", "libatomic1"]
# Debian does not have it from the start, and that Node.js does not start without it.
NODE_NEEDS = "libatomic.so.1"


def find_program(library: str = NODE_NEEDS) -> str | None:
    """Return Chromium's path, or None when it or the library is missing."""
    if sys.platform == "linux" and not _loads(library):
        return None
    return shutil.which("chromium")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
