"""What a look-up on a platform showed of an operation whose answer got lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from console.models import Operation, User
from console.platforms import types

# A platform tells times by the minute, and its clock and ours are not the same.
_SKEW = timedelta(minutes=2)


class Verdict(Enum):
    """Whether the platform shows what was asked for, something else in its place, or nothing of it."""

    THERE = "there"
    OTHER = "other"
    NOT_THERE = "not there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """`words` tell it to a person. `is_final` is false while the request, should it still arrive, could change it.
    `product` or `module` is what the platform showed, None where it showed none.
    """

    verdict: Verdict
    words: str
    is_final: bool = False
    product: types.Product | None = None
    module: types.Module | None = None


Texts = Mapping[str, str]


def differences(asked: Texts, shown: Texts) -> str:
    """Where the platform shows other parameters than were asked for, in words; "" where it does not."""
    return "; ".join(
        f"{name} is {_quoted(value)}, {_quoted(asked.get(name, ''))} was asked for"
        for name, value in shown.items()
        if value != asked.get(name, "")
    )


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "empty"


def verdict_on_edit(operation: Operation, shown: Texts) -> tuple[Verdict, str]:
    """What became of an edit, by what the platform shows now of the parameters that were sent."""
    asked = {name: text for name, text in operation.parameters.items() if name in shown}
    now = {name: shown[name] for name in asked}
    if now == asked:
        return Verdict.THERE, "The platform shows what was asked for."
    told = differences(asked, now)
    if now == {name: operation.before.get(name, "") for name in asked}:
        return Verdict.NOT_THERE, f"The platform shows it as it was before: {told}."
    return Verdict.OTHER, f"The platform shows neither what was there before nor what was asked for: {told}."


def likely_maker(operation: Operation, shown: types.Product | types.Module) -> User | None:
    """Whom the cache may name as the maker: nobody when it was there before the request was sent."""
    if operation.sent_at and shown.created_at and shown.created_at < operation.sent_at - _SKEW:
        return None
    return operation.actor
