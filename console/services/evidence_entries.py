"""The entries of an evidence pack and what ties them together, read in short queries: none is open while the person's
network takes what was sent.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from console.lib import chain
from console.models import AuditArchive, AuditEntry, User
from console.services.audit_search import Search, filtered
from console.services.visibility import entries_of

BATCH = 1000
# Stands in the chain's file for an entry that the trail has lost: no record has this hash.
MISSING = bytes(32)


class Row(NamedTuple):
    """What a pack holds of an entry."""

    sequence: int
    record: str
    record_hash: str
    chain_hash: str


def find_matching(*, search: Search, reader: User) -> QuerySet[AuditEntry]:
    """All that a search finds of what `reader` may read, in no order."""
    entries = filtered(entries_of(reader), replace(search, text=""))
    if not search.text:
        return entries
    is_id = Q(request_id=search.text) | Q(target_id=search.text) | Q(operation_id=search.text)
    return entries.filter(Q(target_name__icontains=search.text) | is_id)


def find_in_order(entries: QuerySet[AuditEntry], *, first: int, last: int) -> Iterator[list[Row]]:
    """The entries from `first` to `last`, in batches."""
    columns = entries.values_list("id", "record", "record_hash", "chain_hash")
    for batch in _batches(columns, first, last):
        yield [Row(*row) for row in batch]


def find_record_hashes(*, first: int, last: int) -> Iterator[bytes]:
    """The record hash of every entry from `first` to `last`, whoever may read it, in batches of 32 bytes each."""
    expected = first
    for batch in _batches(AuditEntry.objects.values_list("id", "record_hash"), first, last):
        hashes = []
        for sequence, record_hash in batch:
            hashes += [MISSING] * (sequence - expected) + [_bytes_of(record_hash)]
            expected = sequence + 1
        yield b"".join(hashes)
    yield MISSING * (last + 1 - expected)


def find_chain_hash(sequence: int) -> str:
    """Where the chain stood after an entry, archived or not: nought before the first one, and where one is lost."""
    found = AuditEntry.objects.filter(pk=sequence).values_list("chain_hash", flat=True).first()
    archived = AuditArchive.objects.filter(last=sequence).values_list("chain_hash", flat=True).first()
    return found or archived or chain.GENESIS


def _batches(rows: QuerySet[AuditEntry, Any], first: int, last: int) -> Iterator[list[Any]]:
    while batch := list(rows.filter(id__gte=first, id__lte=last).order_by("id")[:BATCH]):
        yield batch
        first = batch[-1][0] + 1


def _bytes_of(record_hash: str) -> bytes:
    try:
        return bytes.fromhex(record_hash).ljust(32, b"\0")[:32]
    except ValueError:
        return MISSING
