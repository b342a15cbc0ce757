"""What an HTTP answer says of the call: done, refused, or nothing that can be relied on.

Gateway and business failures come in two envelopes, with the text in Message or in ErrorMessage, and a
business failure usually with HTTP 200 (docs/protocol.md, "Answers"). Success is HTTP 2xx with Success true,
never a matter of Code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.lib.plaintext import one_line
from console.platforms import codes
from console.platforms.decode import MalformedError, Object, looks_like_xml, parse_json, parse_xml_error
from console.platforms.errors import PlatformError, Refused, Throttled, Unknown, Unreadable
from console.platforms.reader import Reader
from console.platforms.reply import Reply

MAX_RETRY_AFTER_S = 60.0
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The part of an answer that every operation shares."""

    success: bool | None
    code: str
    message: str
    request_id: str
    fields: Object


def open_envelope(reply: Reply, *, writes: bool, clean: Callable[[str], str]) -> Envelope:
    """Return the envelope of a success.

    `clean` takes secrets out of text. Raise Refused or Throttled when the platform answered so; Unknown for
    a write, or Unreadable for a read, when the answer settles nothing.
    """
    lost = Unknown if writes else Unreadable
    try:
        envelope = _parse(reply.body, clean)
    except MalformedError as problem:
        if reply.status == _TOO_MANY_REQUESTS:
            raise _refusal(_NO_ENVELOPE, reply) from None
        raise lost(f"HTTP {reply.status}: {problem}", http_status=reply.status) from None
    problem_found = _problem(envelope, reply, lost)
    if problem_found is not None:
        raise problem_found
    return envelope


def _problem(envelope: Envelope, reply: Reply, lost: type[PlatformError]) -> PlatformError | None:
    status = reply.status
    if 200 <= status < 300 and envelope.success:
        return None if envelope.request_id else _lost(lost, envelope, status, "The answer lacks its RequestId.")
    if not (200 <= status < 300 or 400 <= status < 500) or codes.leaves_open(envelope.code):
        return _lost(lost, envelope, status, _without_verdict(envelope, status))
    if _is_refusal(envelope, status):
        return _refusal(envelope, reply)
    return _lost(lost, envelope, status, f"HTTP {status}: the answer says neither success nor why not.")


def _is_refusal(envelope: Envelope, status: int) -> bool:
    """A code with Success false, or with a 4xx that does not claim success; HTTP 429 needs no code."""
    named = not codes.is_success(envelope.code)
    if status < 400:
        return named and envelope.success is False
    return envelope.success is not True and (named or status == _TOO_MANY_REQUESTS)


def _without_verdict(envelope: Envelope, status: int) -> str:
    named = f" ({envelope.code})" if envelope.code else ""
    if 300 <= status < 400:
        return f"HTTP {status}: the endpoint points elsewhere, which is not followed."
    return f"HTTP {status}{named}: the platform failed and does not say whether it had done it."


def _lost(kind: type[PlatformError], envelope: Envelope, status: int, reason: str) -> PlatformError:
    return kind(
        reason,
        code=envelope.code,
        message=envelope.message,
        request_id=envelope.request_id,
        http_status=status,
    )


def _refusal(envelope: Envelope, reply: Reply) -> Refused:
    code = envelope.code or str(reply.status)
    details: dict[str, Any] = {
        "code": code,
        "message": envelope.message,
        "request_id": envelope.request_id,
        "http_status": reply.status,
    }
    if reply.status == _TOO_MANY_REQUESTS or codes.throttles(code):
        wait = _retry_after_s(reply.headers)
        return Throttled(f"Too many calls ({code}). The platform did nothing.", retry_after_s=wait, **details)
    return Refused(f"The platform refused ({code}): {envelope.message or 'no text'}", **details)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Read x-acs-retry-after (milliseconds) or Retry-After (seconds); advice that is no number is none."""
    for name, unit_s in (("x-acs-retry-after", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        if value.isascii() and value.isdigit():
            return min(float(value[:12]) * unit_s, MAX_RETRY_AFTER_S)
    return None


def _parse(body: bytes, clean: Callable[[str], str]) -> Envelope:
    is_xml = looks_like_xml(body)
    fields = parse_xml_error(body) if is_xml else parse_json(body)
    reader = Reader(fields)
    envelope = Envelope(
        success=reader.flag("Success"),
        code=one_line(clean(reader.text_or_number("Code")), 200),
        message=one_line(clean(reader.text("ErrorMessage") or reader.text("Message")), 2000),
        request_id=one_line(clean(reader.text("RequestId")), 100),
        fields=fields,
    )
    if is_xml and envelope.success:
        raise MalformedError("The answer is XML, though JSON was asked for.")
    return envelope


_NO_ENVELOPE = Envelope(success=None, code="", message="", request_id="", fields={})
