"""Connect to an address that was judged, so that its name cannot mean another one a moment later (DNS rebinding)."""

import socket
from collections.abc import Callable

from urllib3.util.connection import create_connection

from console.platforms.addresses import Reach, may_call
from console.platforms.endpoints import is_own_name


class AddressRefusedError(OSError):
    """The endpoint's name stands for no address that a call may go to."""


def dial(host: str, port: int, *, reach: Reach, patience_s: Callable[[], float]) -> socket.socket:
    """Connect to the first address of `host` that may be called and answers; each may take `patience_s()` seconds.

    Raise AddressRefusedError when there is none that may be called, another OSError when none answers.
    """
    failure: OSError = AddressRefusedError("no address that may be called")
    for address in _addresses(host, port):
        if may_call(address, reach=reach, is_own_name=is_own_name(host)):
            try:
                return create_connection(
                    (address, port), patience_s(), socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
                )
            except OSError as error:
                failure = error
    raise failure


def _addresses(host: str, port: int) -> list[str]:
    """Every address of the name, once, in the order in which the resolver prefers them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))
