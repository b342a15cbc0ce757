"""The closed set of ways in which a call can end badly.

PlatformError           reason, outcome, code, message, request_id, http_status
    Refused             the platform answered that it did not do it
        Throttled       it did not even try: too many calls; may be sent again
    NotSent             proof that nothing of the request reached the platform; may be sent again
        Unsupported     the platform has no such operation; sending again is no use
    Unknown             a write of which nobody can tell whether it was done
    Unreadable          a read without a usable answer; nothing was changed
"""

# ruff: noqa: N818  the names are the outcomes that the rest of the console speaks of

from typing import Any, ClassVar

from console.platforms.types import Outcome


class PlatformError(Exception):
    """A call that was not answered with success.

    `reason` is a plain sentence without secrets. `code` and `message` are the platform's own words, ""
    when it gave none; so are `request_id` and, when no HTTP answer came, the None of `http_status`.
    """

    outcome: ClassVar[Outcome]

    def __init__(
        self,
        reason: str,
        *,
        code: str = "",
        message: str = "",
        request_id: str = "",
        http_status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.message = message
        self.request_id = request_id
        self.http_status = http_status


class Refused(PlatformError):
    """The platform answered that it did not do it; `code` and `message` are verbatim."""

    outcome = Outcome.REFUSED


class Throttled(Refused):
    """Refused for the number of calls; `retry_after_s` is the platform's advice, if it gave a usable one."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None, **details: Any) -> None:
        super().__init__(reason, **details)
        self.retry_after_s = retry_after_s


class NotSent(PlatformError):
    """Nothing of the request reached the platform."""

    outcome = Outcome.NOT_SENT


class Unsupported(NotSent):
    """The platform does not have the operation, so nothing was sent."""


class Unknown(PlatformError):
    """A write was sent, or may have been, and no answer tells whether it was done."""

    outcome = Outcome.UNKNOWN


class Unreadable(PlatformError):
    """A read got no usable answer.

    Its outcome is `unknown` too, as there are only four; who must tell the two apart has the type, and
    a read never opens an operation that would have to be settled.
    """

    outcome = Outcome.UNKNOWN
