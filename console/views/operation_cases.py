"""An operation as the pages show it: what is known of it, and what can be done about it by the one who looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s

from django.utils import timezone

from console.models import Operation, OperationState, User
from console.models.operation import FOR_A_PERSON, UNDER_WAY
from console.services.arrival import believed_at
from console.services.problems import problem_of_operation
from console.services.roles import Permission, permissions_of

LATE_AFTER = timedelta(minutes=2)
POLL_S, LATE_POLL_S = 2, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`deeds` are the routes' verbs that make sense now; `may_settle` tells whether there may be any later on.
    `believed_at` is from when on a look-up that does not find it is a proof.
    """

    operation: Operation
    known: str
    deeds: frozenset[str]
    may_settle: bool
    believed_at: datetime | None

    @property
    def moves(self) -> bool:
        """Whether it goes on by itself."""
        return self.operation.state in (*UNDER_WAY, OperationState.UNKNOWN)

    @property
    def is_late(self) -> bool:
        return timezone.now() - self.operation.created_at > LATE_AFTER

    @property
    def is_proof_to_come(self) -> bool:
        return self.believed_at is not None and timezone.now() < self.believed_at


def case_of(operation: Operation, user: User) -> Case:
    """What the pages show of an operation to a person."""
    may_settle = operation.is_open and Permission.WRITE in permissions_of(user)
    problem = problem_of_operation(operation)
    return Case(
        operation=operation,
        known=operation.finding or (problem.title if problem else ""),
        deeds=frozenset(_deeds(operation)) if may_settle else frozenset(),
        may_settle=may_settle,
        believed_at=believed_at(operation),
    )


def _deeds(operation: Operation) -> tuple[str, ...]:
    match operation.state:
        case OperationState.UNKNOWN:
            at = believed_at(operation)
            return ("look", "abandon") if at and at <= timezone.now() else ("look",)
        case OperationState.CONFLICT:
            return ("look", "adopt", "abandon")
        case OperationState.RETRYABLE:
            return ("look", "retry", "abandon")
        case _:
            return ()


def people_first(cases: Iterable[Case]) -> list[Case]:
    """What waits for a person before what goes on by itself."""
    return sorted(cases, key=lambda case: case.operation.state not in FOR_A_PERSON)


def poll_s(cases: Iterable[Case]) -> int:
    """After how many seconds to look at them anew; 0 when none of them goes on by itself."""
    moving = [case for case in cases if case.moves]
    if not moving:
        return 0
    return LATE_POLL_S if all(case.is_late for case in moving) else POLL_S


def version_of(cases: Iterable[Case]) -> str:
    """A mark that changes when what a page says of them does."""
    told = [(str(case.operation.pk), case.operation.state, case.operation.looks, *_timely(case)) for case in cases]
    return blake2s(repr(told).encode(), digest_size=8).hexdigest()


def _timely(case: Case) -> tuple[object, ...]:
    """What changes as time passes, though nothing happens."""
    return case.is_late, case.is_proof_to_come, sorted(case.deeds)
