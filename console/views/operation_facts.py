"""What was asked for, beside what was there before."""

from dataclasses import dataclass

from console.models import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One parameter; `before` is None where nothing is known of it."""

    name: str
    value: str
    before: str | None

    @property
    def changes(self) -> bool:
        return self.before is not None and self.before != self.value


def asked_of(operation: Operation) -> list[Asked]:
    """The parameters of an operation in the order in which they were sent."""
    return [
        Asked(name=name, value=value, before=operation.before.get(name)) for name, value in operation.parameters.items()
    ]
