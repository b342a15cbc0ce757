"""Which endpoints a call may go to: https in general, plain http only on this machine."""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from console.platforms.addresses import Kind, Reach, kind_of, may_call

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_ENDPOINT = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")


class Endpoint(NamedTuple):
    """An endpoint taken apart; `host` has no brackets, `authority` is what the Host header says."""

    scheme: str
    host: str
    port: int
    authority: str


@lru_cache(maxsize=256)
def parse_endpoint(endpoint: str) -> Endpoint:
    """Take `scheme://host[:port]` apart. Raise ValueError when it is anything else."""
    if not _ENDPOINT.fullmatch(endpoint):
        raise ValueError("An endpoint is https://host or https://host:port, with nothing after it.")
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if not (_HOST.fullmatch(host) or _is_address(host)):
        raise ValueError("The endpoint's host name is not valid.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Endpoint(parts.scheme, host, port, parts.netloc.lower())


def check_endpoint(endpoint: str) -> None:
    """Raise ValueError unless calls to the endpoint are encrypted or stay on this machine."""
    parsed = parse_endpoint(endpoint)
    if parsed.scheme != "https" and not is_own_name(parsed.host):
        raise ValueError("An endpoint must use https; plain http is only for a loopback address.")


def check_reach(endpoint: str, reach: Reach) -> None:
    """Raise ValueError when the endpoint is an address that calls may not go to. What a name stands for is judged
    whenever a connection is made (`dialing`), since it may change.
    """
    host = parse_endpoint(endpoint).host
    address = "127.0.0.1" if host == "localhost" else host
    if _is_address(address) and not may_call(address, reach=reach, is_own_name=is_own_name(host)):
        raise ValueError("The endpoint is not a public address (see ALLOW_PRIVATE_ENDPOINTS).")


def is_loopback_endpoint(endpoint: str) -> bool:
    """Whether the endpoint is an address of this machine."""
    return is_own_name(parse_endpoint(endpoint).host)


def is_own_name(host: str) -> bool:
    """Whether a host, without brackets, names this machine by what it says, without asking a resolver."""
    return host == "localhost" or (_is_address(host) and kind_of(host) is Kind.LOOPBACK)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
