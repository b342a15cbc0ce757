"""How a problem is put to a person: what happened, whether anything changed, and what to do next."""

from dataclasses import dataclass

from console.models import Operation, OperationState
from console.platforms.errors import NotSent, PlatformError, Refused

NOTHING_SENT = "Nothing was sent to the platform."
NOTHING_CHANGED = "Nothing was changed on the platform."


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
