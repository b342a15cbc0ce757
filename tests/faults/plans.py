"""What can go wrong on the wire with one request."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from tests.faults.proxy import PATIENCE_S, Exchange, Plan
from tests.faults.wire import reset, wait_until_left


def reset_before(exchange: Exchange) -> bool:
    """The connection is reset and the platform gets nothing."""
    reset(exchange.client)
    return False


def reset_after(exchange: Exchange) -> bool:
    """The platform does it; the connection is reset instead of an answer."""
    exchange.ask_platform()
    reset(exchange.client)
    return False


def swallow(exchange: Exchange) -> bool:
    """The platform gets nothing and nobody says so."""
    wait_until_left(exchange.client, PATIENCE_S)
    return False


def answer_lost(exchange: Exchange) -> bool:
    """The platform does it and its answer never comes."""
    exchange.ask_platform()
    wait_until_left(exchange.client, PATIENCE_S)
    return False


def request_cut(exchange: Exchange) -> bool:
    """The platform gets half of the request."""
    exchange.ask_platform_half()
    reset(exchange.client)
    return False


def answer_cut(exchange: Exchange) -> bool:
    """The platform does it and half of its answer comes."""
    answer = exchange.ask_platform()
    exchange.client.sendall(answer[: len(answer) // 2])
    return False


def late(delay_s: float) -> Plan:
    """The request reaches the platform after so many seconds, whether anybody still waits or not."""

    def plan(exchange: Exchange) -> bool:
        time.sleep(delay_s)
        exchange.client.sendall(exchange.ask_platform())
        return False

    return plan


def jittered(wait_s: float, answer_s: float) -> Plan:
    """Both ways take their time."""

    def plan(exchange: Exchange) -> bool:
        time.sleep(wait_s)
        answer = exchange.ask_platform()
        time.sleep(answer_s)
        exchange.client.sendall(answer)
        return False

    return plan


@dataclass(slots=True)
class Hold:
    """Stops a request at a point until it is let go: before the platform gets it, or before its answer is passed on."""

    forward_first: bool
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    passed_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self, exchange: Exchange) -> bool:
        answer = exchange.ask_platform() if self.forward_first else b""
        self.reached.set()
        if not self.released.wait(PATIENCE_S):
            return False
        with suppress(OSError):
            exchange.client.sendall(answer or exchange.ask_platform())
        self.passed_on.set()
        return False
