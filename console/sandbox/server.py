"""The server: both platforms, two loopback ports over one engine."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType

from console.sandbox.backend import Backend, Settings
from console.sandbox.connection import Reply, Request
from console.sandbox.control import Control
from console.sandbox.control_http import PREFIX, answer_control
from console.sandbox.database import Database
from console.sandbox.dialects import ALIBABA, TUYA, Dialect
from console.sandbox.door import Door
from console.sandbox.engine import Engine
from console.sandbox.gate import Gate
from console.sandbox.limits import PUBLISHED, RateLimiter
from console.sandbox.nonces import Nonces
from console.sandbox.state import State

DEFAULT_KEYS = {"sandbox-id": "sandbox-secret"}
# How long stop() may wait for a port to notice; the wake-ups cost next to nothing.
POLL_S = 0.02


class Sandbox:
    """Both platforms on two ports: open once constructed, served inside a `with` block.

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
        self._database = database = Database(data)
        settings = settings or Settings()
        limiter = RateLimiter(_effective_limits(limits))
        gate = Gate(keys or DEFAULT_KEYS, limiter, Nonces(database), settings)
        backend = Backend(database=database, state=State(database), region=region, settings=settings)
        self._engine = Engine(gate, backend)
        self.control = Control(self._engine, limiter)
        self._open_doors(host, ((ALIBABA, port), (TUYA, tuya_port)))

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
        self._database.close()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _open_doors(self, host: str, ports: Iterable[tuple[Dialect, int]]) -> None:
        try:
            for dialect, port in ports:
                self._doors.append(Door((host, port), self._answerer(dialect)))
        except (OSError, OverflowError):
            self.stop()
            raise

    def _answerer(self, dialect: Dialect) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            if request.path.startswith(PREFIX):
                return answer_control(request, self.control)
            return self._engine.answer(request, dialect)

        return answer


def is_loopback(host: str) -> bool:
    """Tell whether a host names this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _effective_limits(limits: bool | Mapping[str, int]) -> dict[str, int]:
    if limits is False:
        return {}
    return PUBLISHED if limits is True else {**PUBLISHED, **limits}
