"""The entries of an evidence pack and what ties them together, read in short queries: none is open while the person's
network takes what was sent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from console.lib import chain
from console.lib.number_set import NumberSet
from console.models import AuditEntry, User
from console.services.audit_archived import ArchivedChain, find_archive
from console.services.audit_search import Search, filtered
from console.services.visibility import entries_of

# An SQLite of old takes no more than 999 values in a statement.
BATCH = 900
# Stands in the chain's file for an entry that the trail has lost: no record has this hash.
MISSING = bytes(32)


class EntriesGoneError(Exception):
    """Entries that were found were archived, or deleted, before they were read: better no pack than one that looks
    as if somebody had taken them out of it.
    """


class Row(NamedTuple):
    """What a pack holds of an entry; no chain hash of one that the console has not sealed, which verify.py names."""

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


def find_numbers(entries: QuerySet[AuditEntry], *, first: int, last: int) -> NumberSet:
    """Which of the entries lie between `first` and `last`. Read at once and in no order: no index of the filters
    gives the order of the trail, and a database would sort what is left again for every batch.
    """
    found = entries.filter(id__gte=first, id__lte=last).values_list("id", flat=True)
    return NumberSet(found.iterator(chunk_size=10 * BATCH), first=first, last=last)


def find_in_order(numbers: Iterable[int]) -> Iterator[list[Row]]:
    """The entries with these numbers, which come in order, in batches. Raises EntriesGoneError."""
    left = iter(numbers)
    while batch := list(islice(left, BATCH)):
        found = AuditEntry.objects.filter(id__in=batch).order_by("id")
        rows = [_row(*row) for row in found.values_list("id", "record", "record_hash", "chain_hash", "seal")]
        if len(rows) < len(batch):
            raise EntriesGoneError(f"Entries from #{batch[0]} to #{batch[-1]} have gone meanwhile.")
        yield rows


def _row(sequence: int, record: str, record_hash: str, chain_hash: str, seal: str) -> Row:
    # The chain alone does not show it: anybody can go on with it, and the next anchor signs what stands there.
    try:
        is_own = chain.seal(settings.AUDIT_KEY, chain_hash) == seal
    except (TypeError, ValueError):
        is_own = False
    return Row(sequence, record, record_hash, chain_hash if is_own else "")


def find_record_hashes(*, first: int, last: int) -> Iterator[bytes]:
    """The record hash of every entry from `first` to `last`, archived or not, whoever may read it: 32 bytes each, in
    batches.
    """
    while first <= last:
        end = min(first + BATCH, last + 1)
        rows = AuditEntry.objects.filter(id__gte=first, id__lt=end)
        found = dict(rows.values_list("id", "record_hash"))
        # In this order: a row that is gone by now is in an archive by then.
        if len(found) < end - first and (archive := find_archive(first)):
            hashes = memoryview(archive.record_hashes)[len(MISSING) * (first - archive.first) :]
            yield bytes(hashes[: len(MISSING) * (last + 1 - first)])
            first = archive.last + 1
        else:
            yield b"".join(_bytes_of(found.get(number, "")) for number in range(first, end))
            first = end


def find_chain_hash(sequence: int) -> str:
    """Where the chain stood after an entry, archived or not: nought before the first one, and where one is lost."""
    found = AuditEntry.objects.filter(pk=sequence).values_list("chain_hash", flat=True).first()
    return found or ArchivedChain().find(sequence) or chain.GENESIS


def _bytes_of(record_hash: str) -> bytes:
    try:
        return bytes.fromhex(record_hash).ljust(len(MISSING), b"\0")[: len(MISSING)]
    except ValueError:
        return MISSING
