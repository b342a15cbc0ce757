"""Evidence for who has no console: what a search finds for a reader, handed out as a pack."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Count, Max, Min

from console.models import Account, Outcome, User
from console.services import audit
from console.services.audit_search import Search
from console.services.errors import NoEvidenceError
from console.services.evidence_entries import find_matching, find_numbers
from console.services.evidence_pack import Pack, anchor_of, stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a search finds for a reader at a moment: how many entries, the first and the last of their numbers."""

    search: Search
    reader: User
    entries: int
    first: int
    last: int


def select(*, search: Search, reader: User) -> Selection:
    """What a pack would hold now."""
    counted = find_matching(search=search, reader=reader).aggregate(
        entries=Count("id"), first=Min("id"), last=Max("id")
    )
    entries, first, last = (counted[name] or 0 for name in ("entries", "first", "last"))
    return Selection(search=search, reader=reader, entries=entries, first=first, last=last)


def export(*, search: Search, reader: User) -> Iterator[bytes]:
    """The ZIP of everything that the search finds of what `reader` may read, in parts. The trail tells of it, and an
    anchor covers it, before the first part. Raises NoEvidenceError when nothing is found.
    """
    selection = select(search=search, reader=reader)
    if not selection.entries:
        raise NoEvidenceError
    _tell(selection)
    # Found once for all files, so that they agree whatever changes for the reader meanwhile.
    found = find_matching(search=search, reader=reader)
    numbers = find_numbers(found, first=selection.first, last=selection.last)
    return stream(
        Pack(
            numbers=numbers,
            first=selection.first,
            anchor=anchor_of(selection.last),
            made_by=reader,
            filters=_filters(search),
        )
    )


def _tell(selection: Selection) -> None:
    numbers = {name: str(getattr(selection, name)) for name in ("entries", "first", "last")}
    filters = {f"filter {name}": str(value) for name, value in _filters(selection.search).items()}
    # With the account, so that who may not see it does not read its name in the filter either.
    account = Account.objects.filter(slug=selection.search.account).first()
    event = audit.Event(
        action="audit.export",
        outcome=Outcome.DONE,
        actor=selection.reader,
        account=account,
        parameters=numbers | filters,
    )
    with transaction.atomic():
        audit.append(event)


def _filters(search: Search) -> dict[str, str | int | None]:
    """The filters that are set, with a person's number for the name."""
    chosen = {name: str(value) for name, value in asdict(search).items() if value}
    name = chosen.pop("actor", "")
    person = {"actor_id": User.objects.filter(username=name).values_list("pk", flat=True).first()} if name else {}
    return chosen | person
