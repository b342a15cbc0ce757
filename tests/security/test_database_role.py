"""The role of docs/audit.md that does not own its tables: the console works as it, and it cannot touch the trail."""

import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation

from bin.tools import ROOT, clean_environment, postgres
from console.services.audit_guards_sql import FUNCTIONS, TRIGGERS
from tests.scripts.machine import Machine
from tests.security.tampering import COLUMNS

ENTRY, HEAD = "console_auditentry", "console_audithead"
TABLES = (ENTRY, HEAD, "console_auditanchor", "console_auditarchive")
FIXED = tuple(table for table in TABLES if table != HEAD)
MISSING = "from console.services import audit_guards; print(audit_guards.find_missing())"
SAID = "from console.models import AuditEntry; print(AuditEntry.objects.latest('id'))"


# Half a year and more after all that the tests before did.
ARCHIVE = """
import datetime, time_machine
from console.models import AuditArchive, AuditEntry
from console.services.audit_archive import ArchiveError, archive_due
with time_machine.travel(datetime.timedelta(days=200 * {times})):
    try:
        archive_due()
    except ArchiveError as error:
        assert "as the owner" in str(error), error
left = AuditEntry.objects.exclude(action__endswith=".create").exclude(action="audit.archive")
print([left.filter(id__lte=archive.last, id__gte=archive.first).exists() for archive in AuditArchive.objects.all()])
"""


@pytest.fixture(scope="module")
def owner() -> Iterator[str]:
    """The address of an empty database, as who owns it."""
    programs = postgres.find_programs() or pytest.skip("PostgreSQL is not installed")
    with postgres.temporary_cluster(programs) as url:
        yield url


@pytest.fixture(scope="module")
def restricted(owner: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Migrated by the owner; the statements of the document are run as they stand there. The address of the role."""
    machine(owner, tmp_path_factory.mktemp("owner")).do("migrate", "-v0")
    password = secrets.token_hex(16)
    (script,) = re.findall(r"^```sql\n(.+?)^```", (ROOT / "docs" / "audit.md").read_text(), re.DOTALL | re.MULTILINE)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(script.replace("'...'", f"'{password}'"))
    return re.sub(r"//.+@", f"//ota_console:{password}@", owner)


KEYS = clean_environment.make()


def machine(url: str, folder: Path) -> Machine:
    return Machine(KEYS | {"DATA_DIR": str(folder), "DATABASE_URL": url}, folder / "log")


def allowed(url: str, statements: list[str]) -> list[str]:
    """Those of the statements for which the role has the rights; none is committed."""
    found = []
    for statement in statements:
        with psycopg.connect(url) as connection:
            try:
                connection.execute(statement)
                found.append(statement)
            except InsufficientPrivilege:
                pass
            connection.rollback()
    return found


def test_the_console_does_its_work(restricted: str, tmp_path: Path):
    console = machine(restricted, tmp_path)
    console.start("worker", "--queue=syncs")
    try:
        life = [sys.executable, "-m", "tests.security.restricted"]
        environment = {**console.environment, "DJANGO_SETTINGS_MODULE": "console.settings"}
        lived = subprocess.run(life, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    finally:
        console.kill_all()
    came = json.loads(lived.stdout)
    actions = came.pop("actions")
    assert came == {
        "wrong password": 200,
        "sign-in": 302,
        "product": 303,
        "edit": 303,
        "module": "Done",
        "sync": "complete",
        "verification": "sound",
        "anchored": True,
        "missing": [],
        "sign-out": 302,
    }
    assert {"session.start", "product.create", "product.update", "account.sync", "audit.verify"} <= set(actions)


def test_what_is_in_the_trail_stays(restricted: str):
    statements = [f"DELETE FROM {table}" for table in TABLES]
    statements += [f"UPDATE {table} SET id = id" for table in FIXED]
    statements += [f"TRUNCATE {table} CASCADE" for table in TABLES]
    assert allowed(restricted, [*statements, f"INSERT INTO {HEAD} VALUES (2, 0, '')"]) == []


def test_the_head_goes_one_on_and_nowhere_else(restricted: str):
    with psycopg.connect(restricted) as connection, pytest.raises(RestrictViolation, match="append-only"):
        connection.execute(f"UPDATE {HEAD} SET sequence = 0")


def test_its_guards_stay(restricted: str):
    statements = [f"DROP TABLE {table} CASCADE" for table in TABLES]
    for name, text in TRIGGERS["postgresql"].items():
        (table,) = re.findall(r" ON (\w+) ", text)
        statements += [f"DROP TRIGGER {name} ON {table}", f"ALTER TABLE {table} DISABLE TRIGGER {name}"]
    statements += [f"DROP FUNCTION {name} CASCADE" for name in FUNCTIONS]
    statements += [f"ALTER FUNCTION {name} RENAME TO gone" for name in FUNCTIONS]
    statements += [f"ALTER TABLE {ENTRY} DISABLE TRIGGER ALL", "SET session_replication_role = replica"]
    assert allowed(restricted, statements) == []


def test_no_way_leads_round_them(restricted: str):
    statements = [
        f"CREATE RULE hide AS ON INSERT TO {ENTRY} DO INSTEAD NOTHING",
        f"CREATE TRIGGER more BEFORE INSERT ON {ENTRY} EXECUTE FUNCTION console_audit_refuse()",
        f"ALTER TABLE {ENTRY} OWNER TO ota_console",
        # Without the right to grant it, PostgreSQL warns and grants nothing.
        f"GRANT ALL ON {ENTRY} TO ota_console; DELETE FROM {ENTRY}",
        "GRANT console TO ota_console",
        "SET ROLE console",
        "CREATE TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
    ]
    assert allowed(restricted, statements) == []


def test_a_head_of_ones_own_lets_nothing_in(restricted: str):
    texts = [name for name in COLUMNS if name not in ("id", "at", "actor_id")]
    statement = f"""
        CREATE TEMPORARY TABLE {HEAD} (sequence bigint, chain_hash text);
        INSERT INTO pg_temp.{HEAD} VALUES (77, '');
        INSERT INTO public.{ENTRY} (id, at, {", ".join(texts)}) VALUES (77, now(){", ''" * len(texts)})"""
    with psycopg.connect(restricted) as connection, pytest.raises(RestrictViolation, match="append-only"):
        connection.execute(statement)


def test_a_table_that_comes_later_is_open_to_it(owner: str, restricted: str):
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE later (id serial PRIMARY KEY, word text)")
    with psycopg.connect(restricted) as connection:
        connection.execute("INSERT INTO later (word) VALUES ('a')")
        connection.execute("UPDATE later SET word = 'b'")
        assert connection.execute("DELETE FROM later RETURNING word").fetchall() == [("b",)]


def test_a_guard_that_is_missing_is_told_and_left_to_the_owner(owner: str, restricted: str, tmp_path: Path):
    console = machine(restricted, tmp_path)
    console.do("audit_anchor")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"DROP TRIGGER audit_entry_update ON {ENTRY}")
        connection.execute("ALTER FUNCTION console_audit_fits RESET search_path")
    console.do("migrate", "-v0")
    assert console.shell(SAID).endswith("audit.guards : refused")
    assert console.shell(MISSING) == "['audit_entry_update', 'console_audit_fits']"
    console.do("audit_anchor")
    machine(owner, tmp_path).do("migrate", "-v0")
    assert console.shell(SAID).endswith("audit.guards : done")
    assert console.shell(MISSING) == "[]"


def test_the_console_archives_and_the_owner_deletes(owner: str, restricted: str, tmp_path: Path):
    days = {"AUDIT_RETENTION_DAYS": "180"}
    console, by_owner = (
        Machine(machine(url, tmp_path).environment | days, tmp_path / "log") for url in (restricted, owner)
    )
    console.do("audit_anchor")
    assert console.shell(ARCHIVE.format(times=1)) == "[True]"
    assert by_owner.shell(ARCHIVE.format(times=1)) == "[False]"
    # What the owner did leaves nothing to fail at.
    console.do("audit_anchor")
    assert console.shell(ARCHIVE.format(times=2)) == "[False, True]"
    assert by_owner.shell(ARCHIVE.format(times=2)) == "[False, False]"
    assert "Sound" in by_owner.do("audit_verify", "--archives", str(tmp_path / "audit-archive"))
