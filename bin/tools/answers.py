"""Whether what was started answers yet."""

import http.client
import socket

LIMIT_S = 5
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not listened on


def reachable(bind: str) -> str:
    """Return the address at which this machine reaches what listens on `bind`."""
    return EVERYWHERE.get(bind, bind)


def bracketed(host: str) -> str:
    """Return the host as a URL and gunicorn want it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def web_answers(host: str, port: int) -> bool:
    """Whether /healthz answers without a fault of the server's own.

    A redirect to https or an unknown host name is an answer too: behind a proxy no more is seen from here.
    """
    connection = http.client.HTTPConnection(host, port, timeout=LIMIT_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def port_answers(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=LIMIT_S).close()
    except OSError:
        return False
    return True
