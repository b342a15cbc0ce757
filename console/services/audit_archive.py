"""Archiving: entries older than the retention go out of the database into sealed files, a stretch at a time.

A file is an evidence pack of the whole stretch, without names, which verify.py checks. The trail gets an entry that
vouches for it, in one transaction with the row that guards and verifier look at; only then are rows taken away, a few
at a time, by whoever comes first. A process that dies leaves at most a file that nothing names.
"""

import hashlib
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, Error, transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.lib.number_set import NumberSet
from console.models import AuditArchive, AuditEntry, Outcome
from console.services import audit
from console.services.audit_archived import (
    ACTION,
    STAYS,
    check_archives,
    check_before_deletion,
    find_end,
    find_end_before,
    find_fault,
    find_latest_archive,
    statement_of,
)
from console.services.audit_diagnosis import Position
from console.services.audit_walk import walk
from console.services.evidence_entries import EntriesGoneError, find_record_hashes
from console.services.evidence_pack import Pack, anchor_of, stream

# A few seconds of work, and 1.6 MB of hashes that stay.
MOST = 50_000
BATCH = 1000
logger = logging.getLogger(__name__)


class ArchiveError(Exception):
    """Nothing was archived; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Entries next in turn, found good: `start` is where the chain stood before them, `end` after the last."""

    start: Position
    end: Position

    @property
    def first(self) -> int:
        return self.start.number + 1

    @property
    def last(self) -> int:
        return self.end.number


def archive_due() -> AuditArchive | None:
    """Archive the next stretch that is older than the retention, None when there is none or none is set. Rows of
    archives that are still there are taken away first. Raises ArchiveError; the log and the trail tell of it as well.
    """
    if not settings.AUDIT_RETENTION_DAYS:
        return None
    try:
        if finding := check_archives():
            raise ArchiveError(f"The trail is broken: {finding}")
        for archive in AuditArchive.objects.order_by("last").defer("record_hashes", "stays"):
            take_away(archive)
        stretch = _find_stretch(timezone.now() - timedelta(days=settings.AUDIT_RETENTION_DAYS))
        if stretch is None:
            return None
        archive = _archive(stretch)
        take_away(archive)
    except ArchiveError as error:
        _tell_of_failure(error)
        raise
    return archive


def take_away(archive: AuditArchive) -> int:
    """Delete the rows of an archive that do not stay, and return how many. Raises ArchiveError when the archive is not
    the console's own, when its file is not there, and when this role of the database may not delete.
    """
    # A role that may not delete may not even try, and what is deleted already needs no file any more.
    going = AuditEntry.objects.exclude(STAYS).filter(id__gte=archive.first, id__lte=archive.last)
    if not going.exists():
        return 0
    _check_before_deletion(archive)
    taken = 0
    try:
        while count := _take_batch(going):
            taken += count
    except DatabaseError as error:
        raise ArchiveError(
            f"The rows of {archive}, which are archived, could not be deleted: run manage.py audit_archive as the "
            f"owner of the tables. {error}"
        ) from error
    return taken


def _check_before_deletion(archive: AuditArchive) -> None:
    """Whoever can write a row of the table of archives must not have its entries deleted by who may delete."""
    if finding := check_before_deletion(archive):
        raise ArchiveError(f"The trail is broken: {finding}")
    if fault := find_fault(settings.AUDIT_ARCHIVE_DIR, archive):
        raise ArchiveError(f"The rows of {archive} are not deleted: {archive.file_name} {fault}.")


def _take_batch(going: QuerySet[AuditEntry]) -> int:
    batch = going.order_by("id").values("id")[:BATCH]
    return AuditEntry.objects.filter(id__in=batch).delete()[0]


def _find_stretch(before: datetime) -> _Stretch | None:
    """The entries behind the last archive up to the first that is younger, `MOST` at most, verified."""
    first = _find_last() + 1
    last = first - 1
    rows = AuditEntry.objects.filter(id__gte=first, id__lt=first + MOST).order_by("id")
    for number, at in rows.values_list("id", "at").iterator():
        if at >= before:
            break
        last = number
    if last < first:
        return None
    start = find_end_before(first)
    end, finding = walk(start, until=last, at_most=MOST)
    if finding or end.number != last:
        raise ArchiveError(f"The trail is broken: {finding or _short_of(end, last)}")
    return _Stretch(start=start, end=end)


def _find_last() -> int:
    latest = find_latest_archive()
    return latest.last if latest else 0


def _short_of(end: Position, last: int) -> str:
    return f"#{end.number + 1} to #{last} cannot be read."


def _archive(stretch: _Stretch) -> AuditArchive:
    first, last = stretch.first, stretch.last
    # Of two processes that archive the same each has a file of its own; the one whose row is there counts.
    path = settings.AUDIT_ARCHIVE_DIR / f"audit-{first}-{last}-{secrets.token_hex(4)}.zip"
    with _gone_on_failure(path):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sha256 = _write(path, first=first, last=last)
        except EntriesGoneError as error:
            raise ArchiveError(str(error)) from error
        except OSError as error:
            raise ArchiveError(f"The archive could not be written to {path.parent}: {error.strerror}.") from error
        return _commit(stretch, path.name, sha256)


@contextmanager
def _gone_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if not _is_named(path):
            with suppress(OSError):
                path.unlink()
        raise


def _is_named(path: Path) -> bool:
    """Whether an archive names the file, as it does after a commit of which no answer came; in doubt it does."""
    try:
        return AuditArchive.objects.filter(file_name=path.name).exists()
    except Error:
        return True


def _write(path: Path, *, first: int, last: int) -> str:
    """Write the file through to the disk and return its SHA-256."""
    pack = Pack(
        numbers=range(first, last + 1), first=first, anchor=anchor_of(last), made_by=None, filters={}, names=False
    )
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for part in stream(pack):
            digest.update(part)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest.hexdigest()


def _commit(stretch: _Stretch, name: str, sha256: str) -> AuditArchive:
    first, last = stretch.first, stretch.last
    staying = AuditEntry.objects.filter(STAYS, id__gte=first, id__lte=last).values_list("id", flat=True)
    stays = NumberSet(staying, first=first, last=last)
    archive = AuditArchive(
        first=first,
        last=last,
        chain_hash=stretch.end.chain_hash,
        file_name=name,
        sha256=sha256,
        record_hashes=b"".join(find_record_hashes(first=first, last=last)),
        stays=stays.to_bytes(),
        at=timezone.now(),
    )
    if find_end(archive, stretch.start) != stretch.end.chain_hash:
        raise ArchiveError("The trail changed meanwhile.")
    counts = {"entries": str(last - first + 1), "entries that stay": str(len(stays))}
    with transaction.atomic():
        # It locks the head: of two processes that come here the second sees what the first did.
        _tell(Outcome.DONE, statement_of(archive) | counts)
        if _find_last() >= first:
            raise ArchiveError("Another process has archived the same just now.")
        archive.save(force_insert=True)
    return archive


def _tell_of_failure(error: ArchiveError) -> None:
    logger.error("The audit trail was not archived: %s", error)
    try:
        with transaction.atomic():
            _tell(Outcome.REFUSED, {}, str(error))
    except (Error, RuntimeError) as untold:
        # The disk may be full for the database, too, or the trail be without a head.
        logger.error("The audit trail takes no entry: %s", untold)


def _tell(outcome: Outcome, parameters: dict[str, str], message: str = "") -> None:
    audit.append(audit.Event(action=ACTION, outcome=outcome, actor=None, parameters=parameters, message=message))
