"""The places outside the database that keep copies of anchors, each named by a setting: a file, syslog, a webhook."""

import contextlib
import http.client
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from urllib.parse import urlsplit

import certifi
from django.conf import settings

STEP_S = 5.0
WEBHOOK_S = 10.0
SIGNATURE_HEADER = "X-Anchor-Signature"
# Facility 13, "log audit"; severity 5, "notice" (RFC 5424, section 6.2.1).
_PRIORITY = 13 * 8 + 5


class PlaceError(Exception):
    """A place did not take an anchor; the text says why and quotes no address, which may hold a secret."""


def configured() -> list[str]:
    """The names of the places that settings name."""
    return [name for name, setting in _SETTINGS.items() if getattr(settings, setting)]


def send(place: str, line: str, *, signature: str) -> None:
    """Hand one line, without its end, to a place. Raises PlaceError."""
    try:
        match place:
            case "file":
                _to_file(settings.AUDIT_ANCHOR_FILE, line)
            case "syslog":
                _to_syslog(settings.AUDIT_ANCHOR_SYSLOG, line)
            case _:
                _to_webhook(settings.AUDIT_ANCHOR_WEBHOOK, line, signature)
    except (OSError, http.client.HTTPException) as error:
        raise PlaceError(getattr(error, "strerror", None) or type(error).__name__) from None


_SETTINGS = {"file": "AUDIT_ANCHOR_FILE", "syslog": "AUDIT_ANCHOR_SYSLOG", "webhook": "AUDIT_ANCHOR_WEBHOOK"}


def _to_file(path: str, line: str) -> None:
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # What a full disk cut off must not swallow the next line.
        start = b"" if _ends_with_a_line(handle) else b"\n"
        whole = start + line.encode() + b"\n"
        if os.write(handle, whole) < len(whole):
            raise PlaceError("the disk is full")
        os.fsync(handle)
    finally:
        os.close(handle)


def _ends_with_a_line(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return not size or os.pread(handle, 1, size - 1) == b"\n"


def _to_syslog(address: str, line: str) -> None:
    """One datagram after RFC 5424: to a socket in the file system, or by UDP to `host:port`."""
    message = f"<{_PRIORITY}>1 - {socket.gethostname()} ota-console - anchor - {line}".encode()
    if address.startswith("/"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local:
            local.settimeout(STEP_S)
            local.connect(address)
            local.send(message)
        return
    host, _, port = address.rpartition(":")
    family, kind, protocol, _, target = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as remote:
        remote.sendto(message, target)


def _to_webhook(url: str, line: str, signature: str) -> None:
    """POST; anything but 2xx is a failure, a redirect too: nothing is ever sent to where an answer points."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: f"ed25519={signature}"}
    with _connection(parts.scheme, parts.hostname or "", parts.port) as connection:
        connection.request("POST", target, f"{line}\n".encode(), headers)
        status = connection.getresponse().status
    if not 200 <= status < 300:
        raise PlaceError(f"it answered {status}")


@contextmanager
def _connection(scheme: str, host: str, port: int | None) -> Iterator[http.client.HTTPConnection]:
    """A connection that is cut after WEBHOOK_S, however slowly the other side drips."""
    connection = http.client.HTTPConnection(host, port, timeout=STEP_S)
    if scheme == "https":
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        connection = http.client.HTTPSConnection(host, port, timeout=STEP_S, context=context)
    deadline = Timer(WEBHOOK_S, _cut, [connection])
    deadline.daemon = True
    deadline.start()
    try:
        yield connection
    finally:
        deadline.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
