"""HTTP messages as bytes on a socket: read whole, understood no further than a fault needs."""

import re
import socket
import struct
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer, byte for byte."""

    raw: bytes

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def action(self) -> str:
        """The operation that a request asks for: a header in ACS3, a parameter in RPC v1."""
        if found := re.search(r"^x-acs-action:\s*(\S+)", self.head, re.IGNORECASE | re.MULTILINE):
            return found[1]
        query = urlsplit(self.head.split(" ")[1]).query
        given = parse_qs(query) | parse_qs(self.body.decode("latin-1"))
        return given.get("Action", [""])[0]

    @property
    def request_id(self) -> str:
        found = re.search(rb'"[Rr]equestId"\s*:\s*"([^"]+)"', self.body)
        return found[1].decode() if found else ""


def read_message(connection: socket.socket) -> Message | None:
    """The next message by its Content-Length; None when the other side ends the connection first."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        block = connection.recv(BLOCK)
        if not block:
            return None
        raw += block
    missing = _length(raw) - len(Message(raw).body)
    while missing > 0:
        block = connection.recv(BLOCK)
        if not block:
            return None
        raw += block
        missing -= len(block)
    return Message(raw)


def _length(raw: bytes) -> int:
    found = re.search(rb"\r\ncontent-length:\s*(\d+)", raw.partition(b"\r\n\r\n")[0], re.IGNORECASE)
    return int(found[1]) if found else 0


def reset(connection: socket.socket) -> None:
    """End a connection so that the other side hears RST instead of an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def wait_until_left(connection: socket.socket, most_s: float) -> None:
    """Say nothing until the other side gives up."""
    connection.settimeout(most_s)
    while connection.recv(BLOCK):
        pass
