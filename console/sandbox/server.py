"""The server: two loopback ports over one engine, a thread for each connection."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any

from console.sandbox.backend import Backend, Settings
from console.sandbox.connection import BadRequestError, Connection, Reply, Request
from console.sandbox.control import Control
from console.sandbox.control_http import PREFIX, answer_control
from console.sandbox.dialects import ALIBABA, TUYA, Dialect
from console.sandbox.engine import Engine
from console.sandbox.gate import Gate
from console.sandbox.limits import PUBLISHED, RateLimiter
from console.sandbox.state import State

DEFAULT_KEYS = {"sandbox-id": "sandbox-secret"}
MAX_CONNECTIONS = 256
POLL_S = 0.1


class Sandbox:
    """Both platforms on two ports, serving from construction of the `with` block to its end.

    `data` is a file or ":memory:"; port 0 lets the system choose; `keys` maps access key ids to secrets;
    `limits` is True for the published queries per second, False for none, or replacements by operation.
    Raises ValueError for a host that is not this machine and OSError when a port is taken.
    """

    def __init__(
        self,
        *,
        data: str | Path = ":memory:",
        host: str = "127.0.0.1",
        port: int = 0,
        tuya_port: int = 0,
        keys: Mapping[str, str] | None = None,
        limits: bool | Mapping[str, int] = True,
        region: str = "cn-shanghai",
        settings: Settings | None = None,
    ) -> None:
        if not is_loopback(host):
            raise ValueError(f"The sandbox serves this machine only; {host} is not a loopback address.")
        self._doors: list[Door] = []
        self._threads: list[threading.Thread] = []
        self._state = State(data)
        backend = Backend(state=self._state, region=region, settings=settings or Settings())
        limiter = RateLimiter(_effective_limits(limits))
        self._engine = Engine(Gate(keys or DEFAULT_KEYS, limiter, backend), backend)
        self.control = Control(self._engine, limiter)
        try:
            for dialect, number in ((ALIBABA, port), (TUYA, tuya_port)):
                self._doors.append(Door((host, number), self._answerer(dialect)))
        except OSError:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """Address of the Alibaba dialect, `http://127.0.0.1:PORT`."""
        return self._doors[0].url

    @property
    def tuya_url(self) -> str:
        """Address of the Tuya dialect."""
        return self._doors[1].url

    def start(self) -> None:
        """Begin to serve, in threads of its own."""
        for door in self._doors:
            thread = threading.Thread(target=door.serve_forever, args=(POLL_S,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Close ports and connections and wait for the calls under way."""
        self._engine.stopping.set()
        for door in self._doors:
            if self._threads:
                door.shutdown()
            door.close_connections()
            door.server_close()
        for thread in self._threads:
            thread.join()
        self._state.close()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answerer(self, dialect: Dialect) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            if request.path.startswith(PREFIX):
                return answer_control(request, self.control)
            return self._engine.answer(request, dialect)

        return answer


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
            return False
        if request is None:
            return False
        reply = self.server.answer(request)
        return connection.carry_out(reply, keep_alive=request.keep_alive, head_only=request.method == "HEAD")


def is_loopback(host: str) -> bool:
    """Tell whether a host names this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _plain(status: HTTPStatus) -> Reply:
    return Reply(status=status, content_type="text/plain;charset=utf-8", body=f"{status.phrase}\n".encode())


def _effective_limits(limits: bool | Mapping[str, int]) -> dict[str, int]:
    if limits is False:
        return {}
    return PUBLISHED if limits is True else {**PUBLISHED, **limits}
