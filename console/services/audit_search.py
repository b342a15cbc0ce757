"""Reading the audit trail: its filters, its pages, the history of an object and the story of an operation."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from console.lib.keyset import Cursor, decode
from console.models import AuditEntry, Outcome, User
from console.services.audit import Target
from console.services.paging import Order, aware, page
from console.services.visibility import entries_of

NEWEST_FIRST = Order(fields=("at", "id"), descending=True)
# No index finds a part of a name in both databases, also in names of one or two characters: a page looks so far back.
TEXT_REACH = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The filters of the trail; an empty one does not filter. `actor` is a user name, `target` an object's id; times
    are UTC, `until` is exclusive. `text` is a part of a name, or a whole RequestId, object's or operation's id.
    """

    actor: str = ""
    action: str = ""
    account: str = ""
    target: str = ""
    outcome: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of the trail, newest first. `looked_to` is set when the search for a text ended there and not at the
    trail's beginning: `next` goes on from it.
    """

    rows: list[AuditEntry]
    previous: str = ""
    next: str = ""
    looked_to: datetime | None = None


def find_entries(*, search: Search, reader: User, cursor: str = "", size: int = 50, reach: int = TEXT_REACH) -> Found:
    """A page of what `reader` may read of the trail; `reach` is how many entries it looks through for a name."""
    readable = entries_of(reader)
    wanted, is_name = _wanted(readable, search.text)
    entries = _exact(readable, _narrowed(search, cursor)).filter(wanted).select_related("actor")
    return _find_name(entries, cursor, size, reach) if is_name else _page(entries, cursor, size)


def _narrowed(search: Search, cursor: str) -> Search:
    """Without the end of time that the cursor is past already: of two such bounds SQLite enters an index by one."""
    at = decode(cursor, width=len(NEWEST_FIRST.fields)) if cursor else None
    if at is None:
        return search
    try:
        moment, _number = aware(at.values[0]), int(at.values[1])
    except (ValueError, OverflowError):
        return search
    if at.backwards:
        return replace(search, since=None) if search.since and moment >= search.since else search
    return replace(search, until=None) if search.until and moment < search.until else search


def filtered(entries: QuerySet[AuditEntry], search: Search) -> QuerySet[AuditEntry]:
    """The entries that all filters let through; a part of a name is looked for in all of them, however many."""
    return _exact(entries, search).filter(_wanted(entries, search.text)[0])


def _exact(entries: QuerySet[AuditEntry], search: Search) -> QuerySet[AuditEntry]:
    exact = {
        "action": search.action,
        "account_slug": search.account,
        "target_id": search.target,
        "outcome": search.outcome,
        "at__gte": search.since,
        "at__lt": search.until,
    }
    entries = entries.filter(**{name: value for name, value in exact.items() if value})
    if search.actor:
        # Looked up by itself: joined, neither database would page by the index of the person's entries.
        entries = entries.filter(actor=User.objects.filter(username=search.actor).values_list("pk", flat=True).first())
    return entries


def _wanted(entries: QuerySet[AuditEntry], text: str) -> tuple[Q, bool]:
    """The condition for a text, and whether it is a part of a name: no index answers that. An id that only other
    entries than these have is a part of a name, or its silence would tell of it.
    """
    if not text:
        return Q(), False
    is_id = Q(request_id=text) | Q(target_id=text) | Q(operation_id=text)
    # All of them first: with a person's number SQLite would rather go through all of that person's entries.
    if AuditEntry.objects.filter(is_id).exists() and entries.filter(is_id).exists():
        return is_id, False
    return Q(target_name__icontains=text), True


def _page(entries: QuerySet[AuditEntry], cursor: str, size: int) -> Found:
    found = page(entries, order=NEWEST_FIRST, cursor=cursor, size=size)
    return Found(rows=found.rows, previous=found.previous, next=found.next)


def _find_name(entries: QuerySet[AuditEntry], cursor: str, size: int, reach: int) -> Found:
    """Look at the next `reach` entries of the trail, whatever else is filtered. There is no way back: where the
    page before began cannot be told without looking that far.
    """
    end = _end_of_reach(cursor, reach)
    found = _page(entries.filter(at__gte=end.at) if end else entries, cursor, size)
    if found.next or not end:
        return Found(rows=found.rows, next=found.next)
    following = Cursor(values=(end.at.isoformat(), str(end.pk))).encode()
    return Found(rows=found.rows, next=following, looked_to=end.at)


def _end_of_reach(cursor: str, reach: int) -> AuditEntry | None:
    """The entry that the search does not pass; None when the trail begins before it."""
    entries = AuditEntry.objects.only("at").order_by(*NEWEST_FIRST.order_by)
    at = decode(cursor, width=len(NEWEST_FIRST.fields)) if cursor else None
    with suppress(ValueError, OverflowError):
        entries = entries.filter(at__lte=aware(at.values[0])) if at else entries
    return entries[reach : reach + 1].first()


def latest(*, reader: User, of: Sequence[Target] = (), size: int = 8) -> list[AuditEntry]:
    """The newest entries that `reader` may read, on the objects of `of` if it names any. A request is left out where
    the outcome of its operation is there to tell of it.
    """
    entries = entries_of(reader).select_related("actor").order_by(*NEWEST_FIRST.order_by)
    if of:
        entries = entries.filter(target_id__in=[str(target.pk) for target in of])
    newest = list(entries[: 2 * size])
    ended = {entry.operation_id for entry in newest if entry.outcome != Outcome.REQUESTED} - {""}
    return [entry for entry in newest if entry.outcome != Outcome.REQUESTED or entry.operation_id not in ended][:size]


def find_history(*, of: Sequence[Target], reader: User, cursor: str = "", size: int = 50) -> Found:
    """A page of everything that was done to the objects of `of`, newest first, as far as `reader` may read it."""
    entries = entries_of(reader).select_related("actor").filter(target_id__in=[str(target.pk) for target in of])
    return _page(entries, cursor, size)


def story_of(operation_id: str) -> list[AuditEntry]:
    """All entries of one operation, in order."""
    return list(AuditEntry.objects.select_related("actor").filter(operation_id=operation_id).order_by("id"))
