"""A small scripted server on loopback: says exactly the bytes it is told to, and keeps what it was sent."""

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

Script = Callable[[socket.socket, threading.Event], bool]


def raw(data: bytes, *, keep_alive: bool = True) -> Script:
    """Say these bytes; then keep the connection or close it."""

    def script(connection: socket.socket, _stopping: threading.Event) -> bool:
        connection.sendall(data)
        return keep_alive

    return script


def answer(body: bytes | dict[str, Any], status: int = 200, *headers: str, keep_alive: bool = True) -> Script:
    """Say a well-formed HTTP answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}", *headers]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content, keep_alive=keep_alive)


def drip(data: bytes, pause_s: float) -> Script:
    """Say the bytes one by one, until done or the server stops."""

    def script(connection: socket.socket, stopping: threading.Event) -> bool:
        for index in range(len(data)):
            connection.sendall(data[index : index + 1])
            if stopping.wait(pause_s):
                break
        return False

    return script


def pour(head: bytes, block: bytes, times: int) -> Script:
    """Say the head and then a block many times over."""

    def script(connection: socket.socket, stopping: threading.Event) -> bool:
        connection.sendall(head)
        for _ in range(times):
            if stopping.is_set():
                break
            connection.sendall(block)
        return False

    return script


def hang(_connection: socket.socket, stopping: threading.Event) -> bool:
    """Never answer."""
    stopping.wait(30)
    return False


def hang_up(_connection: socket.socket, _stopping: threading.Event) -> bool:
    """Close the connection without a word."""
    return False


def reset(connection: socket.socket, _stopping: threading.Event) -> bool:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def then_reset(data: bytes) -> Script:
    """Say the bytes, let them arrive, and reset the connection."""

    def script(connection: socket.socket, stopping: threading.Event) -> bool:
        connection.sendall(data)
        time.sleep(0.05)
        return reset(connection, stopping)

    return script


class WireServer:
    """Plays its scripts one per request; the last one is repeated."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._scripts = scripts
        self._tls = tls
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_details: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        # A client that hangs up, or refuses our certificate, is part of the play.
        with contextlib.suppress(OSError), contextlib.closing(self._wrapped(connection)) as wrapped:
            for request in _requests(wrapped, self._stopping):
                self.requests.append(request)
                script = self._scripts[min(len(self.requests), len(self._scripts)) - 1]
                if not script(wrapped, self._stopping):
                    return

    def _wrapped(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection


def _requests(connection: socket.socket, stopping: threading.Event) -> Iterator[bytes]:
    connection.settimeout(0.05)
    data = b""
    while not stopping.is_set():
        with contextlib.suppress(TimeoutError):
            piece = connection.recv(65536)
            if not piece:
                return
            data += piece
        if (size := _complete(data)) is not None:
            connection.settimeout(None)
            yield data[:size]
            connection.settimeout(0.05)
            data = data[size:]


def _complete(data: bytes) -> int | None:
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return None
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return len(head) + 4 + length if len(body) >= length else None
