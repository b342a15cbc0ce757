"""What a person can be told when a service does not do what was asked.

ConsoleError
├── RulesBrokenError      a rule of the platform or of the console; nothing was sent
├── UnderWayError         the same thing is already under way or unsettled; nothing was sent
├── FormReusedError       the form was sent before, with other content; nothing was sent
├── SettledMeanwhileError somebody else has moved the operation on; nothing was sent
├── TooEarlyError         the request may still arrive, so it cannot be given up yet
├── DriftSettledError     somebody else has settled the drift item; nothing was sent
├── NothingToAdoptError   the platform shows nothing that could be taken over
├── NoEvidenceError       no entry of the trail fits what a pack was asked of
├── SecretUnknownError    the platform has not told this secret yet; nothing was shown
├── SecretBrokenError     what is stored of a secret does not open; nothing was shown
└── ReadFailedError       the platform could not be read; a read changes nothing
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.models import DriftItem, Operation, OperationState, Product
from console.platforms.errors import NotSent, PlatformError, Refused
from console.platforms.rules import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What happened, whether anything changed on the platform, and what to do next."""

    title: str
    changed: str
    next: str = ""
    code: str = ""
    message: str = ""
    request_id: str = ""
    status: int = 409


class ConsoleError(Exception):
    """The root; `problem` is what a page shows."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class RulesBrokenError(ConsoleError):
    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = [finding for finding in findings if finding.severity is Severity.ERROR]
        super().__init__(Problem(title=self.findings[0].message, changed=NOTHING_SENT, status=422))


class UnderWayError(ConsoleError):
    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        super().__init__(
            Problem(
                title=f"“{operation.target_name}” is already under way: {operation.get_action_display()}, "
                f"asked by {operation.actor}, is not settled yet.",
                changed=NOTHING_SENT,
                next="Open the operation to see what is known of it.",
            )
        )


class FormReusedError(ConsoleError):
    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        super().__init__(
            Problem(
                title=f"This form was sent before, for “{operation.target_name}”.",
                changed=NOTHING_SENT,
                next="Check what you entered and send it again: it counts as a new request from now on.",
            )
        )


class SettledMeanwhileError(ConsoleError):
    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        super().__init__(
            Problem(
                title=f"The operation on “{operation.target_name}” stands elsewhere by now.",
                changed=NOTHING_SENT,
                next="Open it to see what became of it.",
            )
        )


class TooEarlyError(ConsoleError):
    def __init__(self, operation: Operation, believed_at: datetime) -> None:
        self.operation = operation
        at = f"{believed_at:%H:%M:%S} UTC"
        super().__init__(
            Problem(
                title=f"The request for “{operation.target_name}” may still reach the platform until {at}.",
                changed=NOTHING_SENT,
                next="It is looked up by itself meanwhile. It can be abandoned after that.",
            )
        )


class NothingToAdoptError(ConsoleError):
    def __init__(self, operation: Operation, seen: str) -> None:
        self.operation = operation
        super().__init__(
            Problem(
                title=f"There is nothing to adopt for “{operation.target_name}”.",
                changed="Nothing was changed.",
                next="Look again, or abandon the operation.",
                message=seen,
            )
        )


class NoEvidenceError(ConsoleError):
    def __init__(self) -> None:
        super().__init__(
            Problem(
                title="Nothing that you may read in the trail fits these filters.",
                changed="No pack was made, and nothing was changed.",
                next="Go back to the trail and filter for less.",
            )
        )


class DriftSettledError(ConsoleError):
    """Somebody else was faster; `item` is as it is now."""

    def __init__(self, item: DriftItem) -> None:
        self.item = item
        name, state = item.module or item.product, item.get_state_display().lower()
        super().__init__(
            Problem(
                title=f"What was found of “{name}” is {state} already.",
                changed=NOTHING_SENT,
                next="Open it to see by whom and why.",
            )
        )


class SecretUnknownError(ConsoleError):
    def __init__(self, product: Product) -> None:
        super().__init__(
            Problem(
                title=f"The console does not know the ProductSecret of “{product}”.",
                changed=NOTHING_SENT,
                next="Refresh the product, which reads it in full, and come back.",
            )
        )


class SecretBrokenError(ConsoleError):
    def __init__(self, product: Product) -> None:
        super().__init__(
            Problem(
                title=f"The stored ProductSecret of “{product}” does not open with the present sealing keys.",
                changed=NOTHING_SENT,
                next="Refresh the product, which stores it anew. If others do not open either, SEAL_KEYS is wrong.",
            )
        )


class ReadFailedError(ConsoleError):
    def __init__(self, error: PlatformError) -> None:
        self.error = error
        super().__init__(problem_of(error))


NOTHING_SENT = "Nothing was sent to the platform."
NOTHING_CHANGED = "Nothing was changed on the platform."


def problem_of(error: PlatformError) -> Problem:
    """What to say of a read that failed."""
    match error:
        case Refused():
            return Problem(
                title="The platform refused.",
                changed=NOTHING_CHANGED,
                code=error.code,
                message=error.message,
                request_id=error.request_id,
            )
        case NotSent():
            return Problem(
                title="The request could not be sent.",
                changed=NOTHING_SENT,
                next="Try again in a moment. If it stays so, ask an administrator to check the account's endpoint.",
                message=error.reason,
                status=503,
            )
        case _:
            return Problem(
                title="The platform gave no usable answer.",
                changed="Reading changes nothing on the platform.",
                next="Try again in a moment.",
                message=error.reason,
                request_id=error.request_id,
                status=502,
            )


def problem_of_operation(operation: Operation) -> Problem | None:
    """What to say of a write that did not end well; None while it is under way and when it is done."""
    match operation.state:
        case OperationState.REFUSED:
            return Problem(
                title="The platform refused.",
                changed=NOTHING_CHANGED,
                next=_NEXT_STEP.get(operation.code, "Correct what it names and send it again."),
                code=operation.code,
                message=operation.message,
                request_id=operation.request_id,
            )
        case OperationState.NOT_SENT:
            return Problem(
                title="The request could not be sent.",
                changed=NOTHING_SENT,
                next="Send it again in a moment. If it stays so, ask an administrator to check the account.",
                message=operation.message,
                status=503,
            )
        case OperationState.CONFLICT:
            return Problem(
                title="The answer got lost, and the platform shows something else than was asked for.",
                changed="It may have changed the platform. It will not be sent a second time by itself.",
                next="Compare what is there, if anything, with what was asked for. Then adopt or abandon it.",
                message=operation.finding,
                request_id=operation.request_id,
            )
        case OperationState.RETRYABLE:
            return Problem(
                title="The answer got lost, and the platform did not do it.",
                changed=NOTHING_CHANGED,
                next="It is safe to try again.",
                message=operation.finding,
                request_id=operation.request_id,
            )
        case OperationState.UNKNOWN:
            return Problem(
                title="The answer got lost: nobody can say yet whether the platform did it.",
                changed="It may have changed the platform. It will not be sent a second time.",
                next="The console looks it up on the platform until it is known.",
                code=operation.code,
                message=operation.message,
                request_id=operation.request_id,
                status=502,
            )
        case _:
            return None


_THROTTLED = "Too many requests use this account at the moment. Wait a few seconds and send it again."
_NEXT_STEP = {
    "Throttling": _THROTTLED,
    "Throttling.User": _THROTTLED,
    "Throttling.Api": _THROTTLED,
    "SignatureDoesNotMatch": "Ask an administrator to check the account's access key secret.",
    "InvalidAccessKeyId.NotFound": "Ask an administrator to check the account's access key.",
    "InvalidAccessKeyId.Inactive": "Ask an administrator to check the account's access key.",
    "iot.prod.NotExistedProduct": "The product is gone from the platform. Refresh it here to mark it so.",
}
