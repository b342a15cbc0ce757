"""Why a call brought no answer, told from the types of what was raised, never from its text."""

import socket
import ssl
from collections.abc import Iterator

from console.platforms.dialing import AddressRefusedError


class AnswerTooLargeError(ValueError):
    """The answer is larger than any that the platforms give."""


def explain_not_sent(failure: BaseException) -> str:
    """Say why no connection came about."""
    kinds = list(_chain(failure))
    return f"{_connection_problem(kinds)} Nothing was sent."


def explain_lost(failure: BaseException) -> str:
    """Say what happened after the request, or its first part, had left."""
    kinds = list(_chain(failure))
    if _any(kinds, AnswerTooLargeError):
        return "The answer was larger than allowed and was not read to its end."
    if _any(kinds, TimeoutError):
        return "The platform did not answer completely in time."
    if _any(kinds, ConnectionError):
        return "The connection broke before the answer was complete."
    return "What came back is not a complete HTTP answer."


def _connection_problem(kinds: list[BaseException]) -> str:
    if _any(kinds, socket.gaierror):
        return "The endpoint's host name was not found."
    if _any(kinds, AddressRefusedError):
        return "The endpoint is not at a public address (see ALLOW_PRIVATE_ENDPOINTS)."
    if _any(kinds, ConnectionRefusedError):
        return "The endpoint refused the connection."
    for kind in kinds:
        if isinstance(kind, ssl.SSLCertVerificationError):
            return f"The endpoint's TLS certificate is not accepted (OpenSSL error {kind.verify_code})."
    if _any(kinds, ssl.SSLError):
        return "No TLS connection could be agreed on with the endpoint."
    if _any(kinds, TimeoutError):
        return "The endpoint did not accept a connection in time."
    return "No connection to the endpoint could be made."


def _any(kinds: list[BaseException], wanted: type[BaseException]) -> bool:
    return any(isinstance(kind, wanted) for kind in kinds)


def _chain(failure: BaseException) -> Iterator[BaseException]:
    """Walk a failure and all it wraps: requests and urllib3 keep the inner ones in several places."""
    waiting, seen = [failure], set()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (*current.args, getattr(current, "reason", None), current.__cause__, current.__context__)
        waiting.extend(item for item in inner if isinstance(item, BaseException))
