"""What must be open before anything starts: the ports and the data folder."""

import errno
import socket
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bin.tools.terminal import SetupError


@dataclass(frozen=True, slots=True)
class Door:
    host: str
    port: int
    setting: str


def require_free(doors: Iterable[Door]) -> None:
    """Raise SetupError for the first address that something else listens on, or that two doors share."""
    with ExitStack() as held:
        for door in doors:
            held.enter_context(_listen(door))


def _listen(door: Door) -> socket.socket:
    try:
        family = socket.getaddrinfo(door.host, door.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((door.host, door.port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SetupError(f"port {door.port} on {door.host} is in use; set {door.setting} to another") from error
        raise SetupError(f"cannot listen on {door.host} port {door.port}: {error.strerror}") from error


def require_writable(folder: Path) -> None:
    """Make the folder, for its owner only, and prove that a file can be written there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SetupError(f"cannot write in DATA_DIR {folder}: {error.strerror}") from error
