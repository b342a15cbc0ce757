"""What somebody does to the trail who can write the database but has no key: direct SQL, with the guards gone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from console.lib import chain
from console.models import AuditEntry, AuditVerification
from console.services import audit_guards, audit_verify

ENTRY, HEAD = "console_auditentry", "console_audithead"
COLUMNS = [field.column for field in AuditEntry._meta.concrete_fields]
# Far away from all numbers, while entries change places.
ASIDE = 1_000_000


def sql(statement: str, parameters: Sequence[object] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def take_guards_away() -> None:
    if connection.vendor == "postgresql":
        # What tests insert is checked at their end, until which no trigger could be dropped.
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    audit_guards.drop()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def verify(**options: Any) -> AuditVerification:
    verification = audit_verify.begin(actor=None)
    while verification.state == "running":
        audit_verify.go_on(verification, options.get("anchors", ()))
    return verification


def stored(number: int) -> dict[str, Any]:
    return AuditEntry.objects.filter(pk=number).values(*COLUMNS).get()


def write(number: int, values: Mapping[str, object]) -> None:
    names = ", ".join(f"{name} = %s" for name in values)
    sql(f"UPDATE {ENTRY} SET {names} WHERE id = %s", [*values.values(), number])


def insert(values: Mapping[str, object]) -> None:
    places = ", ".join(["%s"] * len(values))
    sql(f"INSERT INTO {ENTRY} ({', '.join(values)}) VALUES ({places})", list(values.values()))


def delete(first: int, last: int) -> None:
    sql(f"DELETE FROM {ENTRY} WHERE id BETWEEN %s AND %s", [first, last])


def move(number: int, to: int) -> None:
    sql(f"UPDATE {ENTRY} SET id = %s WHERE id = %s", [to, number])


def shift(first: int, last: int, by: int) -> None:
    """Give all entries from one to the other new numbers."""
    sql(f"UPDATE {ENTRY} SET id = id + {ASIDE} WHERE id BETWEEN %s AND %s", [first, last])
    sql(f"UPDATE {ENTRY} SET id = id - {ASIDE} + %s WHERE id > {ASIDE // 2}", [by])


def swap(one: int, other: int) -> None:
    move(one, ASIDE)
    move(other, one)
    move(ASIDE, other)


def drop_key() -> None:
    """Let the table take several rows of one number, or none, which it does to whoever makes it anew."""
    if connection.vendor == "postgresql":
        sql(f"ALTER TABLE {ENTRY} DROP CONSTRAINT {ENTRY}_pkey")
        sql(f"ALTER TABLE {ENTRY} ALTER id DROP NOT NULL")
        return
    for statement in ("CREATE TABLE own AS SELECT * FROM {}", "DROP TABLE {}", "ALTER TABLE own RENAME TO {}"):
        sql(statement.format(ENTRY))


def set_head(number: int) -> None:
    """As it stood when that entry was the last."""
    sql(f"UPDATE {HEAD} SET sequence = %s, chain_hash = %s", [number, stored(number)["chain_hash"]])


def compute_again(first: int, last: int, key: bytes) -> None:
    """All hashes and seals from one entry on, as the console would write them with `key`."""
    previous = stored(first - 1)["chain_hash"] if first > 1 else chain.GENESIS
    for number in range(first, last + 1):
        record_hash = chain.record_hash(stored(number)["record"])
        previous = chain.chain_hash(previous, record_hash)
        write(number, {"record_hash": record_hash, "chain_hash": previous, "seal": chain.seal(key, previous)})
    set_head(last)
