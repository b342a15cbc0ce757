"""One thing found wrong, or doubtful, with what somebody wants to send."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """`field` is the snake-case parameter ("" for the whole), `rule` a stable id, `message` plain words."""

    field: str
    severity: Severity
    rule: str
    message: str


def error(field: str, rule: str, message: str) -> Finding:
    """Make a finding that stops the call."""
    return Finding(field, Severity.ERROR, rule, message)


def warning(field: str, rule: str, message: str) -> Finding:
    """Make a finding that a person should know of, and no more."""
    return Finding(field, Severity.WARNING, rule, message)
