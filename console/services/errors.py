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
├── ShownBeforeError      the form has shown the secret already; nothing was shown
├── SecretUnknownError    the platform has not told this secret yet; nothing was shown
├── SecretBrokenError     what is stored of a secret does not open; nothing was shown
└── ReadFailedError       the platform could not be read; a read changes nothing
"""

from collections.abc import Sequence
from datetime import datetime

from console.models import DriftItem, Operation, Product
from console.platforms.errors import PlatformError
from console.platforms.rules import Finding, Severity
from console.services.problems import NOTHING_SENT, Problem, problem_of


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
    """`operation` is what came of it, None where the person does not see it any more."""

    def __init__(self, operation: Operation | None) -> None:
        self.operation = operation
        super().__init__(
            Problem(
                title="This form was sent before" + (f", for “{operation.target_name}”." if operation else "."),
                changed=NOTHING_SENT,
                next="Check what you entered and send it again: it counts as a new request from now on.",
            )
        )


class SettledMeanwhileError(ConsoleError):
    def __init__(self, operation: Operation) -> None:
        super().__init__(
            Problem(
                title=f"The operation on “{operation.target_name}” stands elsewhere by now.",
                changed=NOTHING_SENT,
                next="Open it to see what became of it.",
            )
        )


class TooEarlyError(ConsoleError):
    def __init__(self, operation: Operation, believed_at: datetime) -> None:
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
    def __init__(self, item: DriftItem) -> None:
        name, state = item.module or item.product, item.get_state_display().lower()
        super().__init__(
            Problem(
                title=f"What was found of “{name}” is {state} already.",
                changed=NOTHING_SENT,
                next="Open it to see by whom and why.",
            )
        )


class ShownBeforeError(ConsoleError):
    def __init__(self) -> None:
        super().__init__(
            Problem(
                title="This form has shown the secret already.",
                changed="Nothing was shown this time, and nothing was sent to a platform.",
                next="Send the form once more to see it again: that is another entry in the audit trail.",
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
        super().__init__(problem_of(error))
