"""HTTP/1.1 on one socket: read a request with limits, send a reply in one piece, or misbehave on demand."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

MAX_LINE = 65_536
MAX_HEADERS = 100
MAX_BODY = 1_048_576
MAX_DRAIN = 16 * MAX_BODY
IDLE_TIMEOUT_S = 75.0
DRAIN_TIMEOUT_S = 1.0


class BadRequestError(Exception):
    """What arrived is not a request this server reads; `status` says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; header names are lower case, `target` is the raw path and query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    keep_alive: bool
    peer: str

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, or a way of not giving it.

    `manner` is "send", "break_off" (half of the body, then close), "reset" (nothing, then RST) or "hang"
    (nothing until the client gives up or `seconds` have passed).
    """

    status: int = 200
    content_type: str = "application/json;charset=utf-8"
    body: bytes = b""
    manner: str = "send"
    seconds: float = 0.0


class Connection:
    """A client's socket with buffered reading."""

    def __init__(self, sock: socket.socket, peer: str) -> None:
        self._sock = sock
        self._peer = peer
        sock.settimeout(IDLE_TIMEOUT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader: BinaryIO = sock.makefile("rb")

    def close(self) -> None:
        """Give the read buffer back; the socket belongs to the server."""
        with contextlib.suppress(OSError):
            self._reader.close()

    def read_request(self) -> Request | None:
        """Return the next request, or None when the client has closed.

        Raises BadRequestError for what cannot be read, OSError when the connection breaks.
        """
        line = self._read_line()
        if not line:
            return None
        method, target, version = self._split_request_line(line)
        headers = self._read_headers()
        return Request(
            method=method,
            target=target,
            headers=headers,
            body=self._read_body(headers),
            keep_alive=version == "HTTP/1.1" and headers.get("connection", "").lower() != "close",
            peer=self._peer,
        )

    def carry_out(self, reply: Reply, *, keep_alive: bool, head_only: bool = False) -> bool:
        """Do what the reply asks for and return whether the connection can be used again."""
        if reply.manner == "reset":
            self._reset()
            return False
        if reply.manner == "hang":
            self._wait_for_client_to_leave(reply.seconds)
            return False
        usable = keep_alive and reply.manner == "send"
        body = b"" if head_only else reply.body
        if reply.manner == "break_off":
            body = body[: len(body) // 2]
        self._sock.sendall(_head(reply, keep_alive=usable) + body)
        return usable

    def drain(self) -> None:
        """Read what the client still sends: to close before would destroy the answer on its way."""
        self._sock.settimeout(DRAIN_TIMEOUT_S)
        self._sock.shutdown(socket.SHUT_WR)
        for _ in range(MAX_DRAIN // MAX_LINE):
            if not self._sock.recv(MAX_LINE):
                return

    def _read_line(self) -> str:
        line = self._reader.readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            raise BadRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        return line.decode("latin-1")

    @staticmethod
    def _split_request_line(line: str) -> tuple[str, str, str]:
        parts = line.split()
        if len(parts) != 3 or parts[2] not in ("HTTP/1.0", "HTTP/1.1") or not parts[1].startswith("/"):
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        return parts[0], parts[1], parts[2]

    def _read_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(MAX_HEADERS):
            line = self._read_line()
            if line in ("\r\n", "\n"):
                return headers
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise BadRequestError(HTTPStatus.BAD_REQUEST)
            headers[name.lower()] = value.strip()
        raise BadRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _read_body(self, headers: dict[str, str]) -> bytes:
        if "transfer-encoding" in headers:
            raise BadRequestError(HTTPStatus.NOT_IMPLEMENTED)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        if len(length) > 9 or int(length) > MAX_BODY:
            raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if headers.get("expect", "").lower() == "100-continue":
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._reader.read(int(length))
        if len(body) < int(length):
            raise ConnectionResetError
        return body

    def _reset(self) -> None:
        # Lingering for zero seconds makes the kernel answer with RST instead of an orderly end.
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _wait_for_client_to_leave(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._sock.settimeout(left)
            if not self._sock.recv(MAX_LINE):
                return


def _head(reply: Reply, *, keep_alive: bool) -> bytes:
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [
        f"HTTP/1.1 {reply.status} {phrase}",
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(reply.body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
