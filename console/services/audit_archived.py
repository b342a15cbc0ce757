"""The archived part of the chain. Its entries are in files; what stays here is the hash of each one's record, and
which ones stay as rows: so the chain is verified, and evidence proved, without the files.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.db.models import Q

from console.lib.chain import GENESIS
from console.lib.number_set import NumberSet
from console.models import AuditArchive, AuditEntry
from console.services.audit import details_of
from console.services.audit_diagnosis import Finding, Kind, Position, diagnose
from console.services.audit_rows import Row, find_row, find_rows

ACTION = "audit.archive"
# Who created what stays for good, and so does what vouches for an archive. The guards say the same in SQL.
STAYS = Q(action__endswith=".create") | Q(action=ACTION)
HASH_BYTES = 32


def find_archive(number: int) -> AuditArchive | None:
    """The archive that an entry is in, None for one that is in none."""
    return AuditArchive.objects.filter(first__lte=number, last__gte=number).order_by("last").first()


def find_latest_archive() -> AuditArchive | None:
    """The archive of the youngest entries that are in one, without their hashes; None when there is none."""
    return AuditArchive.objects.order_by("-last").defer("record_hashes", "stays").first()


def check_archives() -> Finding | None:
    """Whether the archives follow each other from the first entry on: one that nobody comes to along the chain would
    still say where entries are, and which may be deleted.
    """
    before = 0
    for first, last in AuditArchive.objects.order_by("last", "first", "id").values_list("first", "last"):
        # SQLite stores a word in a column of numbers, too.
        if first != before + 1 or not isinstance(last, int) or last < first:
            text = f"An archive of #{first} to #{last} does not follow the one before, which ends with #{before}."
            return Finding(entry=before + 1, kind=Kind.FALSE_ARCHIVE, text=text)
        before = last
    return None


def statement_of(archive: AuditArchive) -> dict[str, str]:
    """What the trail's own entry says of an archive, so that neither it nor its file can be exchanged."""
    return {
        "first": str(archive.first),
        "last": str(archive.last),
        "chain_hash": archive.chain_hash,
        "file": archive.file_name,
        "sha256": archive.sha256,
        "stays": hashlib.sha256(archive.stays).hexdigest(),
    }


def walk_archive(archive: AuditArchive, start: Position) -> tuple[Position, Finding | None]:
    """Check an archived stretch of which `start` is the entry before: its hashes have to lead from there to where the
    trail says, and every row that stays has to be there and to fit. Returns what `audit_walk.walk` does.
    """
    if _find_voucher(archive) is None:
        return start, _untold(archive)
    if find_end(archive, start) != archive.chain_hash:
        text = f"The hashes kept of {archive} do not lead to where the archive ends."
        return start, Finding(entry=archive.first, kind=Kind.FALSE_ARCHIVE, text=text)
    if finding := _check_rows(archive, start):
        return start, finding
    return Position(number=archive.last, chain_hash=archive.chain_hash), None


def _is_storable(archive: AuditArchive) -> bool:
    """SQLite stores anything in any column."""
    are_bytes = all(isinstance(stored, bytes | memoryview) for stored in (archive.record_hashes, archive.stays))
    return are_bytes and all(isinstance(text, str) for text in (archive.chain_hash, archive.file_name, archive.sha256))


def _find_voucher(archive: AuditArchive) -> AuditEntry | None:
    """The entry that vouches for it stands later in the trail, where the walk comes to it."""
    if not _is_storable(archive):
        return None
    # The database looks for the hash, so that hundreds of archives are not parsed for each of hundreds.
    told = AuditEntry.objects.filter(action=ACTION, id__gt=archive.last, record__contains=archive.sha256)
    statement = statement_of(archive).items()
    return next((entry for entry in told if dict(details_of(entry).parameters).items() >= statement), None)


def check_before_deletion(archive: AuditArchive) -> Finding | None:
    """Whether an archive is the console's own and its rows are what it keeps the hashes of."""
    return walk_archive(archive, find_end_before(archive.first))[1] or check_voucher(archive)


def check_voucher(archive: AuditArchive) -> Finding | None:
    """Whether an archive is the console's own, without the walk to the entry that vouches for it: by its seal."""
    voucher = _find_voucher(archive)
    row = find_row(voucher.pk) if voucher else None
    return diagnose(row, _find_position(row.id - 1)) if row else _untold(archive)


def _untold(archive: AuditArchive) -> Finding:
    text = f"The trail tells of no such archive of {archive}."
    return Finding(entry=archive.first, kind=Kind.FALSE_ARCHIVE, text=text)


def _find_position(number: int) -> Position:
    stored = AuditEntry.objects.filter(pk=number).values_list("chain_hash", flat=True).first()
    return Position(number=number, chain_hash=stored or ArchivedChain().find(number) or GENESIS)


def find_end(archive: AuditArchive, start: Position) -> str:
    """Where the hashes that an archive keeps lead to from `start`, empty when they are not of its entries."""
    if start.number != archive.first - 1 or len(archive.record_hashes) != HASH_BYTES * _length(archive):
        return ""
    chain = bytes.fromhex(start.chain_hash)
    for record_hash in _hashes(archive):
        chain = hashlib.sha256(chain + record_hash).digest()
    return chain.hex()


def _check_rows(archive: AuditArchive, start: Position) -> Finding | None:
    """The rows of the stretch, as far as they are still there, and what has to be there and is not."""
    rows = (Row(*raw) for chunk in find_rows(archive.first - 1, archive.last) for raw in chunk)
    row, before = next(rows, None), start
    stays = iter(NumberSet.from_bytes(archive.stays, first=archive.first))
    due = next(stays, None)
    for position in _positions(archive, start):
        # Less than it is a second row of one number, where somebody took the table's key away.
        if row and row.id <= position.number:
            if finding := diagnose(row, before):
                return finding
            row = next(rows, None)
        elif due == position.number:
            return Finding(entry=due, kind=Kind.MISSING, text=f"#{due} is missing: archiving does not take it away.")
        if due == position.number:
            due = next(stays, None)
        before = position
    return diagnose(row, before) if row else None


def _positions(archive: AuditArchive, start: Position) -> Iterator[Position]:
    """Where the chain stands after each entry of the archive."""
    chain = bytes.fromhex(start.chain_hash)
    for number, record_hash in enumerate(_hashes(archive), archive.first):
        chain = hashlib.sha256(chain + record_hash).digest()
        yield Position(number=number, chain_hash=chain.hex())


def _hashes(archive: AuditArchive) -> Iterator[bytes]:
    stored = bytes(archive.record_hashes)
    return (stored[place : place + HASH_BYTES] for place in range(0, len(stored), HASH_BYTES))


def _length(archive: AuditArchive) -> int:
    return archive.last - archive.first + 1


class ArchivedChain:
    """Chain hashes of archived entries. Asked for in rising order, nothing is computed twice."""

    def __init__(self) -> None:
        self._archive: AuditArchive | None = None
        self._positions: Iterator[Position] = iter(())
        self._at = Position()

    def find(self, number: int) -> str | None:
        """Where the chain stood after an entry, None for one that is in no archive."""
        if self._archive is None or not self._at.number <= number <= self._archive.last:
            self._archive = find_archive(number)
            if self._archive is None:
                return None
            self._at = find_end_before(self._archive.first)
            self._positions = _positions(self._archive, self._at)
        while self._at.number < number and (following := next(self._positions, None)):
            self._at = following
        return self._at.chain_hash if self._at.number == number else None


def find_wrong_files(folder: Path) -> list[str]:
    """What is wrong with the files of the archives, in words that name file and entries."""
    wrong = []
    for archive in AuditArchive.objects.order_by("last").iterator(chunk_size=1):
        # A verification that begins behind it has not come to what vouches for it.
        if finding := check_voucher(archive):
            wrong.append(str(finding))
        elif fault := find_fault(folder, archive):
            wrong.append(f"{archive}: {archive.file_name} {fault}")
    return wrong


def find_fault(folder: Path, archive: AuditArchive) -> str:
    """What is wrong with the file of an archive, empty when it is the one that was written."""
    try:
        with (folder / archive.file_name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if found == archive.sha256 else "is not the file that was written"


def find_end_before(first: int) -> Position:
    """Where the chain stands before an archive: at the end of another one, or before the first entry."""
    ended = AuditArchive.objects.filter(last=first - 1).values_list("chain_hash", flat=True).first()
    return Position(number=first - 1, chain_hash=ended or GENESIS)
