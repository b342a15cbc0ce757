"""Typed reading of the settings of the audit trail: the places outside the database that keep its anchors."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from console.env import env

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")


def anchor_file(name: str) -> str:
    """The absolute path of a file, empty for none."""
    path: str = env.str(name, default="").strip()
    if path and not Path(path).is_absolute():
        raise ImproperlyConfigured(f"{name} must be an absolute path.")
    return path


def anchor_syslog(name: str) -> str:
    """A local socket like `/dev/log`, or `host:port` for UDP; empty for none."""
    address: str = env.str(name, default="").strip()
    if address and not (address.startswith("/") or _HOST_AND_PORT.fullmatch(address)):
        raise ImproperlyConfigured(f"{name} must be the path of a socket, or host:port.")
    return address


def anchor_webhook(name: str) -> str:
    """An https address, plain http on this machine only; empty for none."""
    url: str = env.str(name, default="").strip()
    if url and not _is_safe(url):
        raise ImproperlyConfigured(f"{name} must be an https address without a user name.")
    return url


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None or not url.isascii() or not url.isprintable() or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
