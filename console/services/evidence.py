"""Evidence packs: entries of the audit trail with the proof that they belong to it, for who has no console."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from console.lib.number_set import NumberSet
from console.lib.zip_stream import Member, stream_zip
from console.models import Account, AuditAnchor, Outcome, User
from console.services import audit, evidence_files
from console.services.audit_anchor import anchor_now
from console.services.audit_search import Search
from console.services.audit_signing import public_key, sign
from console.services.errors import NoEvidenceError
from console.services.evidence_entries import (
    find_chain_hash,
    find_in_order,
    find_matching,
    find_numbers,
    find_record_hashes,
)

# Stands before what is signed, so that the signature of a manifest is never one of an anchor.
FORMAT = "ota-console-evidence-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a search finds for a reader at a moment: how many entries, the first and the last of their numbers."""

    search: Search
    reader: User
    entries: int
    first: int
    last: int


@dataclass(slots=True, kw_only=True)
class _Pack:
    """A pack under way: the SHA-256 and size of each finished file, and the people met in the entries."""

    selection: Selection
    numbers: NumberSet
    anchor: AuditAnchor
    made_at: datetime
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: set[int] = field(default_factory=set)


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
    pack = _Pack(selection=selection, numbers=numbers, anchor=_anchor_of(selection.last), made_at=timezone.now())
    return stream_zip(_members(pack))


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


def _anchor_of(last: int) -> AuditAnchor:
    """The first anchor that covers an entry, made now if there is none yet."""
    return _anchors(last).first() or anchor_now()


def _anchors(first: int) -> Any:
    """This key's anchors from an entry on; the pack brings no other key."""
    return AuditAnchor.objects.filter(sequence__gte=first, public_key=public_key()).order_by("sequence", "id")


def _members(pack: _Pack) -> Iterator[Member]:
    for name, content in _contents(pack):
        yield name, _noted(pack, name, content)
    manifest = json.dumps(_manifest(pack), ensure_ascii=False, indent=2)
    yield "manifest.json", [manifest.encode()]
    yield "manifest.sig", [sign(f"{FORMAT}\n{manifest}").encode()]


def _contents(pack: _Pack) -> Iterator[Member]:
    """The files in the order in which they are made: who is in the entries is known after them."""
    first, end = pack.selection.first, pack.anchor.sequence
    yield "README.txt", evidence_files.as_is("README.txt")
    yield "verify.py", evidence_files.as_is("verify.py")
    yield "public-key.txt", [public_key().encode()]
    yield "entries.jsonl", evidence_files.entries_jsonl(find_in_order(pack.numbers))
    yield "entries.csv", evidence_files.entries_csv(find_in_order(pack.numbers), pack.people)
    yield "people.csv", evidence_files.people_csv(pack.people)
    yield "chain.bin", find_record_hashes(first=first, last=end)
    yield "anchors.jsonl", evidence_files.anchors_jsonl(_anchors(first).filter(sequence__lte=end))


def _noted(pack: _Pack, name: str, content: Iterable[bytes]) -> Iterator[bytes]:
    """The content as it passes, its SHA-256 written down when it has."""
    digest, size = hashlib.sha256(), 0
    for part in content:
        digest.update(part)
        size += len(part)
        yield part
    pack.files[name] = {"sha256": digest.hexdigest(), "bytes": size}


def _manifest(pack: _Pack) -> dict[str, Any]:
    chosen = pack.selection
    return {
        "format": FORMAT,
        "made_at": pack.made_at.isoformat(),
        "made_by": {"actor_id": chosen.reader.pk, "name": chosen.reader.username},
        "filter": _filters(chosen.search),
        "public_key": public_key(),
        "chain": {
            "entries": len(pack.numbers),
            "first": chosen.first,
            "last": pack.anchor.sequence,
            "previous": find_chain_hash(chosen.first - 1),
        },
        "files": pack.files,
    }
