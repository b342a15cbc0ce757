"""The triggers of the trail, asked by direct SQL, on whichever database the tests run on."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from console.models import AuditAnchor, AuditArchive, AuditEntry, AuditHead
from console.services import audit_guards
from console.services.audit_guards_sql import TRIGGERS
from tests import make

ENTRY, HEAD = "console_auditentry", "console_audithead"
INTO = "console_auditentry (id, {columns})"
COPY = "{columns} FROM console_auditentry WHERE id = 2"
BOTH = [
    f"UPDATE {ENTRY} SET outcome = 'refused' WHERE id = 2",
    f"UPDATE {ENTRY} SET id = 9 WHERE id = 3",
    f"UPDATE {ENTRY} SET record = record",
    f"DELETE FROM {ENTRY} WHERE id = 3",
    f"DELETE FROM {ENTRY}",
    f"INSERT INTO {INTO} SELECT 4, {COPY}",
    f"INSERT INTO {INTO} SELECT 0, {COPY}",
    f"INSERT INTO {INTO} SELECT -1, {COPY}",
    f"INSERT INTO {INTO} SELECT 3, {COPY} ON CONFLICT (id) DO UPDATE SET outcome = 'denied'",
    f"UPDATE {HEAD} SET sequence = 2",
    f"UPDATE {HEAD} SET sequence = 5",
    f"UPDATE {HEAD} SET chain_hash = 'x'",
    f"DELETE FROM {HEAD}",
    "UPDATE console_auditanchor SET sequence = 1",
    "DELETE FROM console_auditanchor",
    "UPDATE console_auditarchive SET last = 3",
    "DELETE FROM console_auditarchive",
]
OF_ONE = {
    "sqlite": [
        f"INSERT OR REPLACE INTO {INTO} SELECT 3, {COPY}",
        f"REPLACE INTO {ENTRY} SELECT * FROM {ENTRY} WHERE id = 3",
        f"UPDATE OR REPLACE {ENTRY} SET id = 2 WHERE id = 3",
        f"REPLACE INTO {HEAD} SELECT id, 1, chain_hash FROM {HEAD}",
        "REPLACE INTO console_auditanchor SELECT * FROM console_auditanchor",
        "REPLACE INTO console_auditarchive SELECT * FROM console_auditarchive",
    ],
    "postgresql": [
        f"TRUNCATE {ENTRY}",
        f"TRUNCATE {HEAD}",
        "TRUNCATE console_auditanchor",
        "TRUNCATE console_auditarchive CASCADE",
        f"SET session_replication_role = replica; DELETE FROM {ENTRY}",
        f"MERGE INTO {ENTRY} USING {HEAD} ON true WHEN MATCHED THEN UPDATE SET outcome = 'denied'",
    ],
}[connection.vendor]


def columns() -> str:
    return ", ".join(field.column for field in AuditEntry._meta.concrete_fields[1:])


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(columns=columns()))


def take_away(name: str) -> None:
    table = f" ON {ENTRY}" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER {name}{table}")


@pytest.fixture
def trail(transactional_db: None) -> list[AuditEntry]:
    entries = [make.entry(None, message=str(number)) for number in range(3)]
    at = entries[0].at
    AuditAnchor.objects.create(sequence=3, chain_hash="a" * 64, at=at, signature="", public_key="")
    AuditArchive.objects.create(first=1, last=1, chain_hash="a" * 64, file_name="", sha256="", at=at)
    return entries


def stored() -> list[list[tuple[object, ...]]]:
    return [list(model.objects.order_by("pk").values_list()) for model in (AuditEntry, AuditHead, AuditAnchor)]


@pytest.mark.parametrize("statement", [*BOTH, *OF_ONE])
def test_direct_sql_changes_nothing(trail: list[AuditEntry], statement: str):
    before = stored()
    with pytest.raises(IntegrityError):
        execute(statement)
    assert stored() == before


def test_what_an_archive_covers_may_go_and_a_create_may_not(transactional_db: None):
    created = make.entry(None, action="product.create")
    edited = make.entry(None, action="product.update")
    AuditArchive.objects.create(first=1, last=2, chain_hash="a" * 64, file_name="", sha256="", at=edited.at)
    execute(f"DELETE FROM {ENTRY} WHERE id = {edited.pk}")
    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"DELETE FROM {ENTRY} WHERE id = {created.pk}")


def test_after_a_migrate_a_missing_guard_is_back_and_the_trail_tells_of_it(trail: list[AuditEntry]):
    take_away("audit_entry_delete")
    assert audit_guards.find_missing() == ["audit_entry_delete"]
    call_command("migrate", verbosity=0)
    assert audit_guards.find_missing() == []
    told = AuditEntry.objects.latest("id")
    assert (told.pk, told.action) == (4, "audit.guards")
    assert "audit_entry_delete" in told.record


def test_one_that_was_weakened_counts_as_missing(trail: list[AuditEntry]):
    take_away("audit_entry_update")
    weak = TRIGGERS[connection.vendor]["audit_entry_update"].replace("BEFORE UPDATE", "BEFORE UPDATE OF at")
    execute(weak)
    assert audit_guards.find_missing() == ["audit_entry_update"]
    assert audit_guards.ensure() == ["audit_entry_update"]
    assert audit_guards.ensure() == []


def test_the_start_is_warned_of_a_missing_guard(trail: list[AuditEntry]):
    assert "console.W001" not in {message.id for message in run_checks(databases=["default"])}
    take_away("audit_entry_insert")
    (found,) = [message for message in run_checks(databases=["default"]) if message.id == "console.W001"]
    assert "audit_entry_insert" in found.msg
