"""Whatever somebody does to what is archived shows: to its hashes, to its rows that stay, to its file."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from console.lib import chain
from console.lib.canonical import canonical
from console.models import AuditArchive, AuditEntry, User
from console.services import audit_anchor, audit_archived
from console.services.audit_archive import ArchiveError, archive_due
from tests import make, old_trail
from tests.old_trail import LAST_OLD
from tests.security import tampering as to
from tests.security.tampering import sql, verify

pytestmark = pytest.mark.django_db
ARCHIVE = "console_auditarchive"
FIRST, STAYS, GONE, LATER_STAYS = 1, 2, 3, 5


@pytest.fixture
def archive(settings: Any, tmp_path: Path, pm: User) -> AuditArchive:
    """A trail of which the first part is archived, anchored, and protected by the chain alone."""
    settings.AUDIT_RETENTION_DAYS, settings.AUDIT_ARCHIVE_DIR = 180, tmp_path
    old_trail.make_trail(pm)
    [made] = old_trail.archive_all()
    audit_anchor.anchor_now()
    to.take_guards_away()
    return made


def found() -> tuple[int | None, str]:
    done = verify()
    return done.bad_entry, done.finding.partition(": ")[2].partition(". ")[0]


def flipped(value: object) -> object:
    """With its first byte another."""
    match value:
        case int():
            return value + 1
        case str():
            return ("1" if value[0] != "1" else "2") + value[1:]
    stored = bytes(value)  # type: ignore[call-overload]
    return bytes([stored[0] ^ 1]) + stored[1:]


def test_untouched_it_is_sound(archive: AuditArchive):
    assert verify().finding == ""


@pytest.mark.parametrize("column", ["last", "chain_hash", "file_name", "sha256", "record_hashes", "stays"])
def test_a_changed_byte_of_what_is_kept_of_an_archive_is_named(archive: AuditArchive, column: str):
    sql(f"UPDATE {ARCHIVE} SET {column} = %s", [flipped(getattr(archive, column))])
    assert found() == (FIRST, "false archive")


@pytest.mark.parametrize("length", [0, 1, LAST_OLD - 1, LAST_OLD + 1])
def test_hashes_too_few_or_too_many_are_named(archive: AuditArchive, length: int):
    hashes = (bytes(archive.record_hashes) + bytes(32))[: 32 * length]
    sql(f"UPDATE {ARCHIVE} SET record_hashes = %s", [hashes])
    assert found() == (FIRST, "false archive")


@pytest.mark.parametrize("first", [0, 2, 7])
def test_an_archive_of_other_entries_is_named(archive: AuditArchive, first: int):
    sql(f"UPDATE {ARCHIVE} SET first = %s", [first])
    assert found() == (FIRST, "false archive")


def test_an_archive_that_is_gone_leaves_its_entries_missing(archive: AuditArchive):
    sql(f"DELETE FROM {ARCHIVE}")
    assert found() == (FIRST, "missing")


@pytest.mark.parametrize("number", [STAYS, LATER_STAYS])
def test_a_create_that_is_gone_is_named(archive: AuditArchive, number: int):
    to.delete(number, number)
    assert found() == (number, "missing")


@pytest.mark.parametrize("number", [STAYS, LATER_STAYS])
@pytest.mark.parametrize("column", ["outcome", "record", "record_hash", "chain_hash", "seal"])
def test_a_changed_byte_of_a_create_is_named(archive: AuditArchive, column: str, number: int):
    to.write(number, {column: flipped(to.stored(number)[column])})
    done = verify()
    assert (done.bad_entry, "changed" in done.finding) == (number, True)


def test_a_create_changed_with_all_that_needs_no_key_is_named(archive: AuditArchive):
    """Its record, its hash, and the hash that the archive keeps of it."""
    record = to.stored(STAYS)["record"].replace("This is 2", "This is 3")
    own = chain.record_hash(record)
    before = audit_archived.ArchivedChain().find(STAYS - 1)
    assert before
    to.write(STAYS, {"record": record, "record_hash": own, "chain_hash": chain.chain_hash(before, own)})
    hashes = bytes(archive.record_hashes)
    place = 32 * (STAYS - 1)
    sql(f"UPDATE {ARCHIVE} SET record_hashes = %s", [hashes[:place] + bytes.fromhex(own) + hashes[place + 32 :]])
    assert found() == (FIRST, "false archive")


@pytest.mark.parametrize("number", [FIRST, GONE, LAST_OLD])
def test_an_entry_put_where_one_was_archived_is_named(archive: AuditArchive, number: int):
    to.insert(to.stored(STAYS) | {"id": number})
    assert found()[0] == number


@pytest.mark.parametrize("record", ["{}", None])
@pytest.mark.parametrize("chunk", [1, 2, 3, 2000])
def test_a_second_row_of_a_number_is_named(
    archive: AuditArchive, monkeypatch: pytest.MonkeyPatch, chunk: int, record: str | None
):
    """Wherever the entries that are read at once end; also when it says the same as the first."""
    monkeypatch.setattr("console.services.audit_rows.CHUNK", chunk)
    to.drop_key()
    to.insert(to.stored(LATER_STAYS) | ({"record": record} if record else {}))
    assert found()[0] in (LATER_STAYS, LATER_STAYS + 1)


def test_a_second_row_of_the_last_one_is_named(settings: Any, tmp_path: Path, pm: User):
    settings.AUDIT_RETENTION_DAYS, settings.AUDIT_ARCHIVE_DIR = 180, tmp_path
    make.entry(pm, at="2026-01-01T08:00:00+00:00")
    old_trail.archive_all()
    to.take_guards_away()
    assert found()[0] is None
    to.drop_key()
    to.insert(to.stored(1))
    assert verify().state == "broken"


def archive_of_ones_own(entry: AuditEntry) -> AuditArchive:
    """One that takes a single entry away, all of its hashes true."""
    return AuditArchive(
        first=entry.pk,
        last=entry.pk,
        chain_hash=entry.chain_hash,
        file_name="own.zip",
        sha256="0" * 64,
        record_hashes=bytes.fromhex(entry.record_hash),
        stays=bytes(1),
        at=entry.at,
    )


def test_rows_taken_away_by_an_archive_that_the_trail_does_not_tell_of_are_named(archive: AuditArchive):
    unwanted = AuditEntry.objects.get(pk=LAST_OLD + 1)
    archive_of_ones_own(unwanted).save()
    to.delete(unwanted.pk, unwanted.pk)
    assert found() == (unwanted.pk, "false archive")


@pytest.mark.parametrize(
    ("first", "last"), [(3, 4), (1, 3), (4, 6), (1, 6), (4, 9), (1, 9), (8, 8), (99, 99), (0, 0), (5, 2), (-4, 10**15)]
)
def test_one_more_archive_is_named_wherever_it_stands(archive: AuditArchive, first: int, last: int):
    """Also where the walk along the chain does not come to it."""
    names = "chain_hash, file_name, sha256, record_hashes, stays, at"
    insert = f"INSERT INTO {ARCHIVE} (first, last, {names}) SELECT %s, %s, {names} FROM {ARCHIVE}"
    if connection.vendor == "postgresql":
        sql(f"ALTER TABLE {ARCHIVE} DROP CONSTRAINT {ARCHIVE}_last_key")
    elif last == archive.last:
        # There what keeps the column unique cannot be dropped.
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(insert, [first, last])
        return
    sql(insert, [first, last])
    assert found()[1] == "false archive"


@pytest.mark.parametrize("value", ["word", b"\xff\xfe", 1.5])
@pytest.mark.parametrize("column", ["first", "last", "chain_hash", "file_name", "sha256", "record_hashes", "stays"])
def test_what_no_archive_can_hold_is_named(archive: AuditArchive, column: str, value: object):
    change = f"UPDATE {ARCHIVE} SET {column} = %s"
    try:
        with transaction.atomic():
            sql(change, [value])
    except DatabaseError:
        # PostgreSQL keeps to the types of its columns.
        assert connection.vendor == "postgresql"
    else:
        assert found() == (FIRST, "false archive")


def vouch_without_the_key(own: AuditArchive) -> int:
    """The number of an entry like the one for the true archive, with the seal of that."""
    last = AuditEntry.objects.latest("id")
    told = json.loads(last.record)
    assert told["action"] == "audit.archive"
    record = canonical(told | {"what": told["what"] | {"parameters": audit_archived.statement_of(own)}})
    of_record = chain.record_hash(record)
    of_chain = chain.chain_hash(last.chain_hash, of_record)
    to.insert(
        to.stored(last.pk) | {"id": last.pk + 1, "record": record, "record_hash": of_record, "chain_hash": of_chain}
    )
    sql(f"UPDATE {to.HEAD} SET sequence = sequence + 1, chain_hash = %s", [of_chain])
    return int(last.pk + 1)


def test_an_entry_that_vouches_for_it_without_the_key_is_named(archive: AuditArchive):
    unwanted = AuditEntry.objects.get(pk=LAST_OLD + 1)
    own = archive_of_ones_own(unwanted)
    own.save()
    voucher = vouch_without_the_key(own)
    to.delete(unwanted.pk, unwanted.pk)
    assert found() == (voucher, "foreign key")


@pytest.mark.parametrize(("is_vouched_for", "said"), [(False, "#7: false archive"), (True, "#10: foreign key")])
def test_the_next_archiving_deletes_nothing_for_an_archive_that_is_not_the_consoles_own(
    archive: AuditArchive, is_vouched_for: bool, said: str
):
    own = archive_of_ones_own(AuditEntry.objects.get(pk=LAST_OLD + 1))
    own.save()
    if is_vouched_for:
        vouch_without_the_key(own)
    with pytest.raises(ArchiveError, match=said):
        archive_due()
    assert AuditEntry.objects.filter(pk=own.first).exists()


def test_an_archive_from_far_away_does_not_end_all_archiving(archive: AuditArchive):
    sql(f"UPDATE {ARCHIVE} SET first = 1000, last = 1000")
    with pytest.raises(ArchiveError, match="#1: false archive"):
        archive_due()


def test_a_row_of_an_archive_that_was_changed_is_not_deleted(archive: AuditArchive):
    """It came back, or was never deleted: what somebody did to it stays to be seen."""
    to.insert(to.stored(STAYS) | {"id": GONE, "action": "product.update"})
    with pytest.raises(ArchiveError, match=f"#{GONE}: changed record"):
        archive_due()
    assert AuditEntry.objects.filter(pk=GONE).exists()


def test_an_anchor_from_before_shows_an_archive_of_another_chain(archive: AuditArchive):
    sql("UPDATE console_auditanchor SET sequence = 2 WHERE sequence = 3")
    assert found()[0] == 2


def test_a_file_that_was_changed_or_lost_is_named(archive: AuditArchive, tmp_path: Path):
    file = tmp_path / archive.file_name
    call_command("audit_verify", archives=tmp_path)
    whole = file.read_bytes()
    assert hashlib.sha256(whole).hexdigest() == archive.sha256
    file.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    with pytest.raises(CommandError, match=f"#1 to #6: {archive.file_name} is not the file"):
        call_command("audit_verify", archives=tmp_path)
    file.unlink()
    with pytest.raises(CommandError, match=f"#1 to #6: {archive.file_name} cannot be read"):
        call_command("audit_verify", archives=tmp_path)


@pytest.mark.parametrize("first", [1, LAST_OLD + 2])
def test_a_file_that_was_exchanged_with_its_hash_is_named(archive: AuditArchive, tmp_path: Path, first: int):
    """Also where the verification begins behind the archive."""
    other = b"another file"
    (tmp_path / archive.file_name).write_bytes(other)
    sql(f"UPDATE {ARCHIVE} SET sha256 = %s", [hashlib.sha256(other).hexdigest()])
    with pytest.raises(CommandError, match="#1: false archive"):
        call_command("audit_verify", first=first, archives=tmp_path)
