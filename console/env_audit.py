"""Typed reading of the settings of the audit trail: where its anchors are kept, and what becomes of old entries."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from console.env import env

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")


LEAST_RETENTION_DAYS = 180


def retention_days(name: str) -> int:
    """After how many days entries may be archived; 0, which is the default, for never."""
    text = env.str(name, default="").strip() or "0"
    days = int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else -1
    if days != 0 and days < LEAST_RETENTION_DAYS:
        raise ImproperlyConfigured(
            f"{name} must be 0, to keep all entries for good, or at least {LEAST_RETENTION_DAYS} days."
        )
    return days


def archive_folder(name: str, *, default: Path) -> Path:
    """The absolute path of a folder."""
    path = Path(env.str(name, default="").strip() or default)
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} must be an absolute path.")
    return path


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
