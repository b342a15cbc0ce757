"""One listening port: a thread for each connection, requests answered until one side has enough."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from console.sandbox.connection import BadRequestError, Connection, Reply, Request

MAX_CONNECTIONS = 256


class Door(socketserver.ThreadingTCPServer):
    """One listening port."""

    allow_reuse_address = True
    # server_close() then waits for the calls under way, so that none meets a closed database.
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Callable[[Request], Reply]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.answer = answer
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Visit)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        name = f"[{host!s}]" if self.address_family == socket.AF_INET6 else str(host)
        return f"http://{name}:{port}"

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        """Turn away clients beyond the number of threads this server is willing to run."""
        with self._lock:
            if len(self._open) >= MAX_CONNECTIONS:
                return False
            self._open.add(request)
            return True

    def close_request(self, request: Any) -> None:
        """Close one connection and forget it."""
        with self._lock:
            self._open.discard(request)
        super().close_request(request)

    def close_connections(self) -> None:
        """Wake every thread that waits for its client."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def shutdown_request(self, request: Any) -> None:
        """Close without the orderly goodbye, which would turn a reset into a plain end."""
        self.close_request(request)


class Visit(socketserver.BaseRequestHandler):
    """One connection: requests are answered until one side has enough."""

    server: Door

    def handle(self) -> None:
        """Serve the connection; a client that breaks it is no event."""
        with contextlib.suppress(OSError):
            connection = Connection(self.request, str(self.client_address[0]))
            with contextlib.closing(connection):
                while self._serve_one(connection):
                    pass

    def _serve_one(self, connection: Connection) -> bool:
        try:
            request = connection.read_request()
        except BadRequestError as error:
            connection.carry_out(_plain(error.status), keep_alive=False)
            connection.drain()
            return False
        if request is None:
            return False
        reply = self.server.answer(request)
        return connection.carry_out(reply, keep_alive=request.keep_alive, head_only=request.method == "HEAD")


def _plain(status: HTTPStatus) -> Reply:
    return Reply(status=status, content_type="text/plain;charset=utf-8", body=f"{status.phrase}\n".encode())
