"""Storing an audit entry as the next of the chain: the head moves on, the entry goes in."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created

from console.lib import chain
from console.models import AuditEntry, AuditHead

# SQLite has no SHA-256: each connection is given this one.
_HASH_IN_SQLITE = "chain_hash"
_MOVE_HEAD = f"""
    UPDATE console_audithead SET sequence = sequence + 1, chain_hash = {_HASH_IN_SQLITE}(chain_hash, %s)
    RETURNING sequence, chain_hash"""  # noqa: S608  a name of our own
_LOCK_HEAD = "SELECT chain_hash FROM console_audithead WHERE chain_hash ~ '^[0-9a-f]{64}$' FOR UPDATE"
_COLUMNS = tuple(field.attname for field in AuditEntry._meta.concrete_fields)  # noqa: SLF001
# The ORM would take as long to write this statement as the database takes to carry it out.
_PLACES = ", ".join(["%s"] * len(_COLUMNS))
_INSERT = f"INSERT INTO console_auditentry ({', '.join(_COLUMNS)}) VALUES ({_PLACES})"  # noqa: S608  names of our own
# Both in one round trip to PostgreSQL, for who knows where the head is: elsewhere the entry is not stored.
_TYPED = ", ".join({"actor_id": "%s::bigint", "at": "%s::timestamptz"}.get(name, "%s") for name in _COLUMNS[1:])
_STORE_AFTER = f"""
    WITH head AS (
        UPDATE console_audithead SET sequence = sequence + 1, chain_hash = %s WHERE chain_hash = %s RETURNING sequence
    )
    INSERT INTO console_auditentry ({", ".join(_COLUMNS)}) SELECT sequence, {_TYPED} FROM head RETURNING id"""  # noqa: S608


@dataclass(slots=True)
class _Left:
    """Where this process left the head, and whether it was still there at the next append."""

    chain_hash: str = chain.GENESIS
    is_found: bool = False


# Threads share it without a lock: the database compares, so what is out of date costs a statement and no more.
_left = _Left()


def store(entry: AuditEntry) -> AuditEntry:
    """Give an entry its number, hashes and seal, and store it. The head is locked from here to the end of the
    transaction, so there is neither a gap nor a fork, however many processes append, roll back or die.
    """
    entry.record_hash = chain.record_hash(entry.record)
    with connection.cursor() as cursor:
        stored = (_store_in_sqlite if connection.vendor == "sqlite" else _store_in_postgresql)(cursor, entry)
    if not stored:
        raise RuntimeError("the head of the audit trail is missing or no hash")
    entry._state.adding, entry._state.db = False, connection.alias  # noqa: SLF001
    return entry


def _store_in_sqlite(cursor: Any, entry: AuditEntry) -> bool:
    cursor.execute(_MOVE_HEAD, [entry.record_hash])
    row: tuple[int, str] | None = cursor.fetchone()
    if row:
        entry.id, entry.chain_hash = row
        entry.seal = chain.seal(settings.AUDIT_KEY, entry.chain_hash)
        cursor.execute(_INSERT, _values(entry))
    return row is not None


def _store_in_postgresql(cursor: Any, entry: AuditEntry) -> bool:
    left = _left.chain_hash
    stored = _left.is_found and _store_after(cursor, entry, left)
    if not stored:
        cursor.execute(_LOCK_HEAD)
        row: tuple[str] | None = cursor.fetchone()
        stored = row is not None and _store_after(cursor, entry, *row)
    _left.is_found = entry.chain_hash == chain.chain_hash(left, entry.record_hash)
    _left.chain_hash = entry.chain_hash
    return stored


def _store_after(cursor: Any, entry: AuditEntry, before: str) -> bool:
    """Store an entry in one statement, if that is where the head is. Otherwise nothing has changed."""
    # Not computed by the database: whoever owns it could have any hash sealed.
    entry.chain_hash = chain.chain_hash(before, entry.record_hash)
    entry.seal = chain.seal(settings.AUDIT_KEY, entry.chain_hash)
    cursor.execute(_STORE_AFTER, [entry.chain_hash, before, *_values(entry)[1:]])
    row: tuple[int] | None = cursor.fetchone()
    if row:
        (entry.id,) = row
    return row is not None


def _values(entry: AuditEntry) -> list[Any]:
    at = connection.ops.adapt_datetimefield_value(entry.at)
    return [at if name == "at" else getattr(entry, name) for name in _COLUMNS]


def is_there() -> bool:
    """Whether the database has a chain: it may have been migrated back to where there was none."""
    with connection.cursor() as cursor:
        return AuditHead._meta.db_table in connection.introspection.table_names(cursor)  # noqa: SLF001


def make_head(**_signal: Any) -> None:
    """Make the head of an empty trail. A head that is missing beside entries is not made again: that is a finding."""
    if is_there() and not AuditEntry.objects.exists():
        AuditHead.objects.get_or_create(defaults={"chain_hash": chain.GENESIS})


def teach_sqlite() -> None:
    """From now on each new connection to SQLite knows the hash of the chain."""
    connection_created.connect(_teach, dispatch_uid=f"{__name__}.teach")


def _teach(*, connection: Any, **_signal: Any) -> None:
    if connection.vendor == "sqlite":
        raw: sqlite3.Connection = connection.connection
        raw.create_function(_HASH_IN_SQLITE, 2, chain.chain_hash, deterministic=True)
