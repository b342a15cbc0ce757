"""An audit entry as the pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from console.models import AuditEntry
from console.services.audit import ACTIONS, Details, details_of

OUTSIDE, OF_ITSELF = "outside the console", "the console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row. `detail` is the one thing worth saying of it beside its outcome."""

    entry_id: int
    at: datetime
    is_today: bool
    who: str
    what: str
    on: str
    account: str
    outcome: str
    detail: str
    request_id: str
    url: str


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    """The rows of a list, in its order."""
    today = timezone.localdate()
    return [_line(entry, is_today=timezone.localdate(entry.at) == today) for entry in entries]


def _line(entry: AuditEntry, *, is_today: bool) -> Line:
    details = details_of(entry)
    return Line(
        entry_id=entry.pk,
        at=entry.at,
        is_today=is_today,
        who=who(entry),
        what=ACTIONS.get(entry.action, entry.action),
        on=entry.target_name or details.parameters.get("path", ""),
        account="" if entry.account_slug == entry.target_name else entry.account_slug,
        outcome=entry.outcome,
        detail=_detail(details),
        request_id=entry.request_id,
        url=reverse("audit-detail", args=[entry.pk]),
    )


def who(entry: AuditEntry) -> str:
    """Who did it: a person, somebody out of the console's sight, or the console by its own schedule or a command."""
    if entry.actor:
        return str(entry.actor)
    return OUTSIDE if entry.action.startswith("drift.") else OF_ITSELF


def _detail(details: Details) -> str:
    return " ".join(text for text in (details.message, details.code) if text)
