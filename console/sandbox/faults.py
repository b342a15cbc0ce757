"""Misbehaviour on demand: each fault spoils the next N calls of an operation, before or after its commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from console.sandbox import errors
from console.sandbox.connection import Reply

ANY = "*"
HTML = b"<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One order to misbehave.

    `operation` and `platform` name whom it concerns or are "*"; `times` counts down; `seconds` is the length
    of a delay or the longest hang; `status` the HTTP status of error_before and error_after.
    """

    kind: str
    operation: str = ANY
    platform: str = ANY
    times: int = 1
    seconds: float = 30.0
    status: int = 500

    def concerns(self, platform: str, operation: str) -> bool:
        """Tell whether a call of this platform and operation is to be spoilt."""
        return self.platform in (ANY, platform) and self.operation in (ANY, operation)


class Exchange(Protocol):
    """The call a fault gets into its hands."""

    def run(self, *, other_case: bool = False) -> Reply:
        """Execute and commit the call, return its proper reply (keys in the other letter case if asked)."""

    def refuse(self, code: str) -> Reply:
        """Return a business failure with this code, without executing anything."""

    def sleep(self, seconds: float) -> None:
        """Wait, or until the server stops."""


class Faults:
    """The orders that are waiting, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Queue an order; raises ValueError for an unknown kind or impossible figures."""
        if fault.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if fault.times < 1 or not 0 <= fault.seconds <= 3600 or not 500 <= fault.status <= 599:
            raise ValueError("times must be at least 1, seconds 0 to 3600, status 500 to 599")
        with self._lock:
            self._waiting.append(fault)

    def take(self, platform: str, operation: str) -> Fault | None:
        """Return the oldest order that concerns this call, one of its times used up."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.concerns(platform, operation):
                    left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self._waiting[index : index + 1] = left
                    return fault
        return None

    def clear(self) -> None:
        """Drop every order."""
        with self._lock:
            self._waiting.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Return the orders that are waiting."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]


def spoil(fault: Fault, exchange: Exchange) -> Reply:
    """Answer a call the way the fault demands; may raise GatewayError."""
    return KINDS[fault.kind](fault, exchange)


def _delay(fault: Fault, exchange: Exchange) -> Reply:
    exchange.sleep(fault.seconds)
    return exchange.run()


def _drop_before(_fault: Fault, _exchange: Exchange) -> Reply:
    return Reply(manner="reset")


def _drop_after(_fault: Fault, exchange: Exchange) -> Reply:
    exchange.run()
    return Reply(manner="reset")


def _error_before(fault: Fault, _exchange: Exchange) -> Reply:
    raise errors.server_failure(fault.status)


def _error_after(fault: Fault, exchange: Exchange) -> Reply:
    exchange.run()
    raise errors.server_failure(fault.status)


def _hang_before(fault: Fault, _exchange: Exchange) -> Reply:
    return Reply(manner="hang", seconds=fault.seconds)


def _hang_after(fault: Fault, exchange: Exchange) -> Reply:
    exchange.run()
    return Reply(manner="hang", seconds=fault.seconds)


def _throttle(_fault: Fault, _exchange: Exchange) -> Reply:
    raise errors.throttled()


def _nonce_used(_fault: Fault, _exchange: Exchange) -> Reply:
    raise errors.nonce_used()


def _truncate(_fault: Fault, exchange: Exchange) -> Reply:
    reply = exchange.run()
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _break_off(_fault: Fault, exchange: Exchange) -> Reply:
    return replace(exchange.run(), manner="break_off")


def _not_json(_fault: Fault, exchange: Exchange) -> Reply:
    return replace(exchange.run(), content_type="text/html", body=HTML)


def _wrong_content_type(_fault: Fault, exchange: Exchange) -> Reply:
    return replace(exchange.run(), content_type="text/html")


def _wrong_case(_fault: Fault, exchange: Exchange) -> Reply:
    return exchange.run(other_case=True)


def _system_exception_before(_fault: Fault, exchange: Exchange) -> Reply:
    return exchange.refuse("iot.system.SystemException")


def _system_exception_after(_fault: Fault, exchange: Exchange) -> Reply:
    exchange.run()
    return exchange.refuse("iot.system.SystemException")


KINDS: dict[str, Callable[[Fault, Exchange], Reply]] = {
    "delay": _delay,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "error_before": _error_before,
    "error_after": _error_after,
    "hang_before": _hang_before,
    "hang_after": _hang_after,
    "throttle": _throttle,
    "nonce_used": _nonce_used,
    "truncate": _truncate,
    "break_off": _break_off,
    "not_json": _not_json,
    "wrong_content_type": _wrong_content_type,
    "wrong_case": _wrong_case,
    "system_exception_before": _system_exception_before,
    "system_exception_after": _system_exception_after,
}
