"""What becomes of entries past their retention: sealed in a file that proves itself, and still part of the chain."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from console import tasks
from console.models import AuditArchive, AuditEntry, User
from console.services import audit_anchor, audit_archive, audit_verify
from console.services.audit import fields_of
from console.services.audit_archive import ArchiveError, archive_due
from console.services.audit_archived import ArchivedChain
from console.services.evidence_entries import EntriesGoneError
from console.services.roles import Role
from tests import long_trail, make, old_trail
from tests.old_trail import OLD, archive_all
from tests.security import packs
from tests.services.at_once import at_once
from tests.verification import finish, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.AUDIT_RETENTION_DAYS = 180
    settings.AUDIT_ARCHIVE_DIR = tmp_path / "made" / "archive"
    return tmp_path / "made" / "archive"


@pytest.fixture
def trail(folder: Path, pm: User) -> list[AuditEntry]:
    return old_trail.make_trail(pm)


def numbers() -> list[int]:
    return list(AuditEntry.objects.order_by("id").values_list("id", flat=True))


def test_old_entries_go_and_who_created_what_stays(trail: list[AuditEntry], folder: Path):
    [archive] = archive_all()
    assert (archive.first, archive.last, archive.chain_hash) == (1, 6, trail[5].chain_hash)
    assert numbers() == [2, 5, 7, 8, 9]
    assert [path.name for path in folder.iterdir()] == [archive.file_name]
    assert (folder / archive.file_name).stat().st_mode & 0o777 == 0o600


def test_the_trail_says_what_went_where(trail: list[AuditEntry]):
    [archive] = archive_all()
    told = fields_of(AuditEntry.objects.latest("id").record)
    assert (told["action"], told["outcome"], told["actor_id"]) == ("audit.archive", "done", None)
    assert (told["parameters"]["first"], told["parameters"]["last"]) == ("1", "6")
    assert told["parameters"]["sha256"] == archive.sha256
    assert (told["parameters"]["entries"], told["parameters"]["entries that stay"]) == ("6", "2")


def test_the_file_is_proved_without_the_console_and_names_nobody(trail: list[AuditEntry], folder: Path, tmp_path: Path):
    [archive] = archive_all()
    file = folder / archive.file_name
    verdict = packs.verify(file)
    assert verdict.is_proved, verdict.text
    assert "6 entries" in verdict.text
    unpacked = packs.unpack(file.read_bytes(), tmp_path / "unpacked")
    assert [entry["record"] for entry in packs.entries(unpacked)] == [entry.record for entry in trail[:6]]
    assert "pm" not in (unpacked / "people.csv").read_text()
    assert json.loads((unpacked / "manifest.json").read_text())["made_by"] is None


def test_the_trail_still_verifies_with_anchors_from_before(trail: list[AuditEntry]):
    archive_all()
    audit_anchor.anchor_now()
    verification = verify()
    assert (verification.state, verification.finding, verification.checked_to) == ("sound", "", 9)


@pytest.mark.parametrize("first", range(1, 10))
def test_a_verification_begins_anywhere(trail: list[AuditEntry], first: int):
    archive_all()
    assert verify(first).state == "sound"


def test_one_that_was_under_way_goes_on(trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit_verify, "STEP", 3)
    monkeypatch.setattr("console.services.audit_rows.CHUNK", 1)
    verification = audit_verify.begin(actor=None)
    assert audit_verify.step(verification.pk)
    archive_all()
    finish(verification)
    assert (verification.state, verification.finding) == ("sound", "")


@pytest.mark.parametrize("walked", [0, 2, 4])
def test_one_whose_rows_go_while_it_walks_along_them_goes_on(
    trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch, walked: int
):
    monkeypatch.setattr("console.services.audit_rows.CHUNK", 2)
    verification = audit_verify.begin(actor=None)
    with old_trail.archived_before(f"WHERE id > {walked} AND"):
        audit_verify.go_on(verification, ())
    assert (verification.state, verification.finding) == ("sound", "")


@pytest.mark.parametrize(("statement", "times"), [("WHERE id = 3", 1), ('FROM "console_auditarchive"', 2)])
def test_one_whose_rows_go_as_it_begins_a_step_goes_on(trail: list[AuditEntry], statement: str, times: int):
    verification = audit_verify.begin(actor=None, first=4)
    with old_trail.archived_before(statement, times=times):
        audit_verify.go_on(verification, ())
    assert (verification.state, verification.finding) == ("sound", "")


def test_what_went_before_anything_was_read_is_checked_as_well(folder: Path, pm: User):
    make.entry(pm, action="product.update", at=OLD.format(1))
    verification = audit_verify.begin(actor=None)
    with old_trail.archived_before("WHERE id > 0 AND"):
        audit_verify.go_on(verification, ())
    assert (verification.state, verification.checked_to) == ("sound", 1)


def test_the_chain_is_known_at_every_archived_entry(trail: list[AuditEntry]):
    archive_all()
    chain = ArchivedChain()
    known = {entry.pk: entry.chain_hash for entry in trail[:6]}
    assert {number: chain.find(number) for number in (1, 3, 3, 6, 2, 4, 5)} == known
    assert chain.find(7) is None


def test_evidence_reaches_across_what_is_archived(trail: list[AuditEntry], tmp_path: Path):
    archive_all()
    pack = packs.make(make.user("auditor", Role.AUDITOR), action="product.create")
    (tmp_path / "pack.zip").write_bytes(pack)
    verdict = packs.verify(tmp_path / "pack.zip")
    assert verdict.is_proved, verdict.text
    assert "1 entries" in verdict.text


def test_evidence_is_proved_when_others_are_archived_while_it_is_made(trail: list[AuditEntry], tmp_path: Path):
    reader = make.user("auditor", Role.AUDITOR)
    with old_trail.archived_before('AS "record_hash" FROM'):
        pack = packs.make(reader)
    (tmp_path / "pack.zip").write_bytes(pack)
    verdict = packs.verify(tmp_path / "pack.zip")
    assert verdict.is_proved, verdict.text


def test_evidence_ends_when_its_own_entries_are_archived_while_it_is_made(trail: list[AuditEntry]):
    reader = make.user("auditor", Role.AUDITOR)
    with old_trail.archived_before('AS "record",'), pytest.raises(EntriesGoneError, match="#1 to #"):
        packs.make(reader)


def test_a_long_trail_goes_in_stretches(trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch, folder: Path):
    monkeypatch.setattr(audit_archive, "MOST", 4)
    made = archive_all()
    assert [(archive.first, archive.last) for archive in made] == [(1, 4), (5, 6)]
    assert numbers() == [2, 5, 7, 8, 9, 10]
    assert verify().state == "sound"
    assert all(packs.verify(folder / archive.file_name).is_proved for archive in made)


def test_the_schedule_goes_on_until_nothing_is_left(trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit_archive, "MOST", 4)
    queued: list[str] = []
    monkeypatch.setattr("console.services.queues.put", lambda task, **_queue: queued.append(task))
    for _ in range(4):
        tasks.archive()
    assert queued == ["console.tasks.archive"] * 2
    assert AuditArchive.objects.count() == 2


def test_without_a_retention_all_stays_for_good(trail: list[AuditEntry], settings: Any):
    settings.AUDIT_RETENTION_DAYS = 0
    assert archive_due() is None
    with pytest.raises(CommandError, match="kept for good"):
        call_command("audit_archive")
    assert numbers() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_clock_that_went_back_archives_nothing_young(trail: list[AuditEntry], pm: User):
    make.entry(pm, action="product.update", at=OLD.format(1))
    assert archive_all()[-1].last == 6


def test_a_broken_trail_is_not_archived(trail: list[AuditEntry], folder: Path):
    with long_trail.unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE console_auditentry SET outcome = 'refused' WHERE id = 3")
    with pytest.raises(ArchiveError, match="#3: changed field"):
        archive_due()
    assert numbers() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert not folder.exists()
    assert make.trail(action="audit.archive") == [("audit.archive", "refused")]


def test_by_hand_it_names_the_files(trail: list[AuditEntry], capsys: pytest.CaptureFixture[str]):
    call_command("audit_archive")
    archive = AuditArchive.objects.get()
    assert capsys.readouterr().out == f"#1 to #6: {archive.file_name}, SHA-256 {archive.sha256}\n"
    call_command("audit_archive")
    assert capsys.readouterr().out == "Nothing to archive is older than 180 days.\n"


def test_of_many_that_archive_at_once_one_does(transactional_db: None, folder: Path, pm: User):
    old_trail.make_trail(pm)
    at_once(*[archive_all] * 4)
    assert AuditArchive.objects.count() == 1
    assert [path.name for path in folder.iterdir()] == [AuditArchive.objects.get().file_name]
    assert not set(numbers()) & {1, 3, 4, 6}
    assert verify().state == "sound"
