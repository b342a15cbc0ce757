"""Whatever fails or dies while entries are archived: none is lost, the trail verifies, and the next run finishes."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from console.models import AuditArchive, AuditEntry, User
from console.services import audit_archive
from console.services.audit_archive import ArchiveError, archive_due
from tests import long_trail, make, old_trail
from tests.security import packs
from tests.verification import verify

pytestmark = pytest.mark.django_db
GOES = {1, 3, 4, 6}


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.AUDIT_RETENTION_DAYS = 180
    settings.AUDIT_ARCHIVE_DIR = tmp_path / "archive"
    return tmp_path / "archive"


@pytest.fixture
def trail(folder: Path, pm: User) -> list[AuditEntry]:
    return old_trail.make_trail(pm)


def numbers() -> set[int]:
    return set(AuditEntry.objects.values_list("id", flat=True))


def test_where_nothing_can_be_written_nothing_goes(trail: list[AuditEntry], folder: Path):
    folder.write_text("a file where the folder should be")
    with pytest.raises(CommandError, match="could not be written"):
        call_command("audit_archive")
    assert numbers() >= GOES
    assert not AuditArchive.objects.exists()


def test_a_file_that_no_archive_names_does_not_stay(
    trail: list[AuditEntry], folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(AuditArchive, "save", lambda *_args, **_kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archive_due()
    assert list(folder.iterdir()) == []
    assert make.trail(action="audit.archive") == []


def test_who_dies_before_the_rows_are_gone_leaves_them_to_the_next(
    trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as dying:
        dying.setattr(audit_archive, "take_away", lambda _archive: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            archive_due()
    assert numbers() >= GOES
    assert verify().state == "sound"
    assert archive_due() is None
    assert not numbers() & GOES
    assert verify().state == "sound"


def test_rows_stay_while_their_file_is_not_there(
    trail: list[AuditEntry], folder: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as dying:
        dying.setattr(audit_archive, "take_away", lambda _archive: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            archive_due()
    [file] = folder.iterdir()
    file.rename(folder / "moved.zip")
    with pytest.raises(ArchiveError, match=f"#1 to #6 are not deleted: {file.name} cannot be read"):
        archive_due()
    assert numbers() >= GOES
    (folder / "moved.zip").rename(file)
    assert archive_due() is None
    assert not numbers() & GOES
    file.unlink()
    assert archive_due() is None


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes, as on a disk that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_in_the_midst_of_a_file_loses_nothing(trail: list[AuditEntry], folder: Path):
    with files_of_at_most(5000), pytest.raises(ArchiveError, match=f"written to {folder}: File too large"):
        archive_due()
    assert numbers() >= GOES
    assert list(folder.iterdir()) == []
    assert archive_due()
    assert verify().state == "sound"


def test_who_dies_right_after_the_commit_leaves_the_file(transactional_db: None, folder: Path, pm: User):
    """As where the database does not answer to the commit any more, though it did it."""
    old_trail.make_trail(pm)

    def die_after_commit(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "console_auditarchive"'):
            transaction.on_commit(lambda: 1 / 0)
        return execute(sql, *rest)

    with connection.execute_wrapper(die_after_commit), pytest.raises(ZeroDivisionError):
        archive_due()
    assert numbers() >= GOES
    assert archive_due() is None
    assert not numbers() & GOES
    assert packs.verify(folder / AuditArchive.objects.get().file_name).is_proved


def test_a_trail_that_takes_no_entry_does_not_hide_why(trail: list[AuditEntry]):
    with long_trail.unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE console_auditentry SET outcome = 'refused' WHERE id = 3")
        cursor.execute("DELETE FROM console_audithead")
    with pytest.raises(CommandError, match="#3: changed field"):
        call_command("audit_archive")
