"""Stands between the console and the platform, and lets go wrong on the wire what it is told to, request by request."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Self

from tests.faults.wire import Message, read_message

PATIENCE_S = 60.0


@dataclass(slots=True)
class Seen:
    """One request that came by: whether the platform got all of it, and the answer, once there is one."""

    action: str
    request: Message
    forwarded: bool = False
    answer: Message | None = None
    is_over: bool = False


class Exchange:
    """One request in the hands of a plan."""

    def __init__(self, seen: Seen, client: socket.socket, upstream: tuple[str, int]) -> None:
        self.seen = seen
        self.client = client
        self._upstream = upstream

    def ask_platform(self) -> bytes:
        """Forward the request and return the platform's answer, empty when it hangs up without one."""
        with closing(socket.create_connection(self._upstream, PATIENCE_S)) as platform:
            platform.sendall(self.seen.request.raw)
            self.seen.forwarded = True
            with suppress(ConnectionError):
                self.seen.answer = read_message(platform)
        return self.seen.answer.raw if self.seen.answer else b""

    def ask_platform_half(self) -> None:
        """Forward all but the last bytes of the request, then hang up."""
        with closing(socket.create_connection(self._upstream, PATIENCE_S)) as platform:
            platform.sendall(self.seen.request.raw[: len(self.seen.request.raw) // 2])


# Does something with one request; True when the connection may be used for another one.
Plan = Callable[[Exchange], bool]


def relay(exchange: Exchange) -> bool:
    """Let both pass."""
    answer = exchange.ask_platform()
    exchange.client.sendall(answer)
    return bool(answer) and b"connection: close" not in answer.partition(b"\r\n\r\n")[0].lower()


@dataclass(slots=True)
class Proxy:
    """Listens on loopback for one account. A plan that was `arm`ed takes the next request of its action."""

    upstream: tuple[str, int]
    seen: list[Seen] = field(default_factory=list)
    _armed: list[tuple[str, Plan]] = field(default_factory=list)
    _always: Plan = relay
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listener: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def arm(self, action: str, *plans: Plan) -> None:
        """Let these plans take the next requests of the action, one each."""
        with self._lock:
            self._armed += [(action, plan) for plan in plans]

    def always(self, plan: Plan) -> None:
        """Let this plan take every request for which none is armed."""
        self._always = plan

    def wait_until_idle(self, *, but: int = 0) -> None:
        """Return when no request is in the hands of a plan any more, or no more than `but`."""
        deadline = time.monotonic() + PATIENCE_S
        while sum(not seen.is_over for seen in self.seen) > but and time.monotonic() < deadline:
            time.sleep(0.01)

    def disarm(self) -> None:
        with self._lock:
            self._armed.clear()

    def close(self) -> None:
        """Refuse every connection from now on."""
        with suppress(OSError):
            # Wakes the thread that waits in accept, which closing alone does not.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with closing(client), suppress(OSError):
            client.settimeout(PATIENCE_S)
            while request := read_message(client):
                exchange = Exchange(self._note(request), client, self.upstream)
                try:
                    if not self._take(exchange.seen.action)(exchange):
                        return
                finally:
                    exchange.seen.is_over = True

    def _note(self, request: Message) -> Seen:
        seen = Seen(request.action, request)
        with self._lock:
            self.seen.append(seen)
        return seen

    def _take(self, action: str) -> Plan:
        with self._lock:
            for index, (wanted, plan) in enumerate(self._armed):
                if wanted == action:
                    del self._armed[index]
                    return plan
        return self._always
