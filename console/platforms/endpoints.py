"""Which addresses a call may go to: https anywhere, plain http only on this machine."""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

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
    if parsed.scheme != "https" and not _is_loopback(parsed.host):
        raise ValueError("An endpoint must use https; plain http is only for a loopback address.")


def is_loopback_endpoint(endpoint: str) -> bool:
    """Whether the endpoint is an address of this machine."""
    return _is_loopback(parse_endpoint(endpoint).host)


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
