"""The pack itself: entries with the proof that they belong to the trail, as a signed ZIP that verify.py checks."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from console.lib.number_set import NumberSet
from console.lib.zip_stream import Member, stream_zip
from console.models import AuditAnchor, User
from console.services import evidence_files
from console.services.audit_anchor import anchor_now
from console.services.audit_signing import public_key, sign
from console.services.evidence_entries import find_chain_hash, find_in_order, find_record_hashes

# Stands before what is signed, so that the signature of a manifest is never one of an anchor.
FORMAT = "ota-console-evidence-1"


@dataclass(slots=True, kw_only=True)
class Pack:
    """The entries with these `numbers`, which lie between `first` and `anchor`, and what the manifest says of them:
    who made it, None for the console itself, and which `filters` chose them. Without `names` it tells no person's.
    """

    numbers: NumberSet | range
    first: int
    anchor: AuditAnchor
    made_by: User | None
    filters: Mapping[str, Any]
    names: bool = True
    made_at: datetime = field(default_factory=timezone.now)
    # Both become known as the files are made: SHA-256 and size of each, and the people met in the entries.
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: set[int] = field(default_factory=set)


def stream(pack: Pack) -> Iterator[bytes]:
    """The bytes of the ZIP, in parts."""
    return stream_zip(_members(pack))


def anchor_of(last: int) -> AuditAnchor:
    """The first anchor that covers an entry, made now if there is none yet."""
    return _anchors(last).first() or anchor_now()


def _anchors(first: int) -> QuerySet[AuditAnchor]:
    """This key's anchors from an entry on; the pack brings no other key."""
    return AuditAnchor.objects.filter(sequence__gte=first, public_key=public_key()).order_by("sequence", "id")


def _members(pack: Pack) -> Iterator[Member]:
    for name, content in _contents(pack):
        yield name, _noted(pack, name, content)
    manifest = json.dumps(_manifest(pack), ensure_ascii=False, indent=2)
    yield "manifest.json", [manifest.encode()]
    yield "manifest.sig", [sign(f"{FORMAT}\n{manifest}").encode()]


def _contents(pack: Pack) -> Iterator[Member]:
    """The files in the order in which they are made: who is in the entries is known after them."""
    first, end = pack.first, pack.anchor.sequence
    yield "README.txt", evidence_files.as_is("README.txt")
    yield "verify.py", evidence_files.as_is("verify.py")
    yield "public-key.txt", [public_key().encode()]
    yield "entries.jsonl", evidence_files.entries_jsonl(find_in_order(pack.numbers))
    yield "entries.csv", evidence_files.entries_csv(find_in_order(pack.numbers), pack.people)
    yield "people.csv", evidence_files.people_csv(pack.people if pack.names else ())
    yield "chain.bin", find_record_hashes(first=first, last=end)
    yield "anchors.jsonl", evidence_files.anchors_jsonl(_anchors(first).filter(sequence__lte=end))


def _noted(pack: Pack, name: str, content: Iterable[bytes]) -> Iterator[bytes]:
    """The content as it passes, its SHA-256 written down when it has."""
    digest, size = hashlib.sha256(), 0
    for part in content:
        digest.update(part)
        size += len(part)
        yield part
    pack.files[name] = {"sha256": digest.hexdigest(), "bytes": size}


def _manifest(pack: Pack) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": pack.made_at.isoformat(),
        "made_by": {"actor_id": pack.made_by.pk, "name": pack.made_by.username} if pack.made_by else None,
        "filter": pack.filters,
        "public_key": public_key(),
        "chain": {
            "entries": len(pack.numbers),
            "first": pack.first,
            "last": pack.anchor.sequence,
            "previous": find_chain_hash(pack.first - 1),
        },
        "files": pack.files,
    }
