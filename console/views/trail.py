"""An audit entry as the pages show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from console.models import AuditEntry, User
from console.services.audit import ACTIONS, Details, details_of
from console.services.visibility import may_open

OUTSIDE, OF_ITSELF, NOBODY = "outside the console", "the console", "somebody not signed in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row. `detail` is the one thing worth saying of it beside its outcome; `url` is "" where it would not open."""

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


def lines(entries: Iterable[AuditEntry], *, reader: User) -> list[Line]:
    """The rows of a list, in its order, on accounts that `reader` sees."""
    listed, today = list(entries), timezone.localdate()
    names = names_of(listed)
    return [_line(entry, names, reader, is_today=timezone.localdate(entry.at) == today) for entry in listed]


def _line(entry: AuditEntry, names: Mapping[str, str], reader: User, *, is_today: bool) -> Line:
    details = details_of(entry)
    return Line(
        entry_id=entry.pk,
        at=entry.at,
        is_today=is_today,
        who=who(entry, details),
        what=ACTIONS.get(entry.action, entry.action),
        on=on(entry, names) or details.parameters.get("path", ""),
        account="" if entry.account_slug == entry.target_name else entry.account_slug,
        outcome=entry.outcome,
        detail=_detail(details),
        request_id=entry.request_id,
        url=reverse("audit-detail", args=[entry.pk]) if may_open(entry, reader) else "",
    )


def names_of(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """The present names of the people that entries are about, by their number: records do not name them."""
    people = {entry.target_id for entry in entries if entry.target_kind == "user"}
    if not people:
        return {}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=people).values_list("pk", "username")}


def on(entry: AuditEntry, names: Mapping[str, str]) -> str:
    """What an entry is about."""
    return names.get(entry.target_id, entry.target_name) if entry.target_kind == "user" else entry.target_name


def who(entry: AuditEntry, details: Details) -> str:
    """Who did it: a person, a command, somebody out of the console's sight, or the console by its own schedule."""
    if entry.actor:
        return str(entry.actor)
    if entry.action == "session.start":
        return NOBODY
    if entry.action.startswith("drift."):
        return OUTSIDE
    return details.parameters.get("by") or OF_ITSELF


def _detail(details: Details) -> str:
    return " ".join(text for text in (details.message, details.code) if text)
