"""From a console whose trail was not chained yet to the newest one, with what was in it, and back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor

from console.lib import chain
from console.lib.canonical import canonical
from console.models import Account, AuditEntry, AuditHead, Operation, User
from console.services import audit_guards
from tests import make, old_trail
from tests.security.tampering import verify

BEFORE_CHAIN = "0003_operation_indexes"
START = datetime(2026, 11, 22, 23, 59, 59, 999_999, UTC)
Migrate = Callable[[str], Any]


@pytest.fixture
def migrate(transactional_db: None) -> Iterator[Migrate]:
    """Migrates the console to a state and hands out the models of that state; to the newest one in the end."""

    def to(name: str) -> Any:
        call_command("migrate", "console", name, verbosity=0)
        return MigrationExecutor(connection).loader.project_state(("console", name)).apps

    yield to
    call_command("migrate", verbosity=0)


@pytest.fixture
def old(migrate: Migrate) -> Any:
    """The models of a console with a person, an account and an operation, from before the chain."""
    apps = migrate(BEFORE_CHAIN)
    person = apps.get_model("console", "User").objects.create(username="grüße", password="!")
    account = apps.get_model("console", "Account").objects.create(
        slug="lamps", title="Lamps", platform="alibaba", signature_scheme="acs3", sealed_access_key_secret="sealed"
    )
    apps.get_model("console", "Operation").objects.create(
        form_token=uuid4(),
        action="product.create",
        natural_key="灯",
        target_name="灯",
        parameters={"ProductName": "灯"},
        created_at=START,
        account=account,
        actor=person,
        state="done",
    )
    return apps


def tell(apps: Any, number: int, **changes: object) -> Any:
    """An entry as it was appended then."""
    operation = apps.get_model("console", "Operation").objects.get()
    at = START + timedelta(microseconds=number)
    columns: dict[str, Any] = {
        "actor_id": operation.actor_id,
        "action": "product.create",
        "outcome": "done",
        "account_slug": "lamps",
        "target_kind": "",
        "target_id": "",
        "target_name": f"灯 \"{number}\" \\ 'x'",
        "operation_id": str(operation.pk),
        "request_id": f"R-{number}",
    } | changes
    more = {"at": at.isoformat(timespec="microseconds"), "parameters": {"Description": "a\nb\t<i>"}}
    more |= {"http_status": 200, "code": "", "message": "Said so."}
    return apps.get_model("console", "AuditEntry").objects.create(record=canonical(columns | more), at=at, **columns)


def records() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM console_auditentry ORDER BY id")
        return [record for (record,) in cursor.fetchall()]


def test_what_was_told_before_is_chained_as_it_stood(old: Any, migrate: Migrate):
    told = [tell(old, number) for number in range(5)]
    # As after a transaction that was rolled back: numbers were not without gaps then.
    told.pop(1).delete()
    told.append(tell(old, 6, actor_id=None, outcome="refused", operation_id=""))
    call_command("migrate", verbosity=0)
    assert records() == [entry.record for entry in told]
    previous = chain.GENESIS
    for number, entry in enumerate(AuditEntry.objects.order_by("pk"), 1):
        assert (entry.pk, entry.record_hash) == (number, chain.record_hash(entry.record))
        previous = chain.chain_hash(previous, entry.record_hash)
        assert (entry.chain_hash, entry.seal) == (previous, chain.seal(configured.AUDIT_KEY, previous))
    assert AuditHead.objects.values_list("sequence", "chain_hash").get() == (5, previous)
    assert audit_guards.find_missing() == []
    done = verify()
    assert (done.state, done.finding, done.last) == ("sound", "", 5)


def test_what_comes_after_goes_on_where_they_end(old: Any, migrate: Migrate):
    tell(old, 0)
    call_command("migrate", verbosity=0)
    assert make.entry(User.objects.get()).pk == 2
    assert verify().finding == ""


def test_people_accounts_and_operations_are_kept(old: Any, migrate: Migrate):
    tell(old, 0)
    call_command("migrate", verbosity=0)
    operation = Operation.objects.select_related("actor", "account").get()
    assert (operation.actor.username, operation.account.slug) == ("grüße", "lamps")
    assert (operation.parameters, operation.created_at) == ({"ProductName": "灯"}, START)
    assert Account.objects.get().sealed_access_key_secret == "sealed"
    assert AuditEntry.objects.get().operation_id == str(operation.pk)
    assert AuditEntry.objects.get().actor == operation.actor


def test_the_way_back_keeps_every_record_and_forth_again_the_same_chain(old: Any, migrate: Migrate):
    tell(old, 0)
    call_command("migrate", verbosity=0)
    make.entry(User.objects.get())
    before = list(AuditEntry.objects.order_by("pk").values("pk", "record", "chain_hash", "seal"))
    apps = migrate(BEFORE_CHAIN)
    assert records() == [entry["record"] for entry in before]
    assert tell(apps, 9).pk == 3
    call_command("migrate", verbosity=0)
    assert list(AuditEntry.objects.order_by("pk").values("pk", "record", "chain_hash", "seal"))[:2] == before
    assert (verify().finding, AuditHead.objects.get().sequence) == ("", 4)


def test_a_trail_that_is_empty_goes_back_and_forth(migrate: Migrate):
    migrate(BEFORE_CHAIN)
    # Where there is no chain yet no guard of it is missing.
    assert "console.W001" not in {message.id for message in run_checks(databases=["default"])}
    call_command("migrate", verbosity=0)
    assert AuditHead.objects.values_list("sequence", "chain_hash").get() == (0, chain.GENESIS)
    assert audit_guards.find_missing() == []


def test_there_is_no_way_back_from_an_archive(migrate: Migrate, pm: User, settings: Any, tmp_path: Path):
    settings.AUDIT_RETENTION_DAYS, settings.AUDIT_ARCHIVE_DIR = 180, tmp_path
    old_trail.make_trail(pm)
    old_trail.archive_all()
    with pytest.raises(IrreversibleError, match="archived"):
        migrate(BEFORE_CHAIN)
    assert verify().finding == ""
    assert audit_guards.find_missing() == []


def test_what_the_cookies_of_before_said_is_gone(migrate: Migrate):
    migrate("0009_audit_archive")
    with connection.cursor() as cursor:
        for table in ("django_session", "usersessions_usersession"):
            cursor.execute(f"CREATE TABLE {table} (session_key varchar(40))")
    call_command("migrate", verbosity=0)
    assert [table for table in connection.introspection.table_names() if "session" in table] == ["console_session"]
