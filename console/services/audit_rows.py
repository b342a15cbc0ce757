"""The entries as they are stored, in order and a chunk at a time, and what their columns must say by their records."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import OperationalError, connection

CHUNK = 2000
# Not as a moment: on SQLite, where it is text, a change shows even where it means the same one. The plus does nothing
# but keep the driver from reading it. On PostgreSQL the era stays to be seen where it is not ours.
_AT = {"sqlite": "+at", "postgresql": "rtrim(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.USAD'), 'AD')"}


class Row(NamedTuple):
    """`at` is text, in UTC, without its zone and with a blank before the hour."""

    id: int
    record: str
    record_hash: str
    chain_hash: str
    seal: str
    account_slug: str
    action: str
    actor_id: int | None
    at: str
    operation_id: str
    outcome: str
    request_id: str
    target_id: str
    target_kind: str
    target_name: str


DERIVED = Row._fields[5:]


def find_rows(after: int, until: int) -> Iterator[list[Any]]:
    """Chunks of raw rows with `after < id <= until`, in the fields of Row. No transaction is open between chunks."""
    while rows := _chunk(_between(after, min(after + CHUNK, until))) or _chunk(_behind_gap(after, until)):
        yield rows
        after = rows[-1][0]


def _between(after: int, until: int) -> str:
    # Bounded on both sides to a chunk: PostgreSQL, before it has counted a table, sorts whatever is in the range.
    return f"id > {after} AND id <= {until}"


def _behind_gap(after: int, until: int) -> str:
    first = f"(SELECT min(id) FROM console_auditentry WHERE {_between(after, until)})"  # noqa: S608  numbers
    return f"id >= {first} AND id < {first} + {CHUNK} AND id <= {until}"


def find_row(number: int) -> Row | None:
    """One entry by its number."""
    found = _chunk(f"id = {number:d}")
    return Row(*found[0]) if found else None


def _chunk(condition: str) -> list[Any]:
    columns = ", ".join(Row._fields).replace(", at,", f", {_AT[connection.vendor]},")
    # One row more than a chunk has numbers: where somebody took the table's key away, the last may have two.
    statement = f"SELECT {columns} FROM console_auditentry WHERE {condition} ORDER BY id LIMIT {CHUNK + 1}"  # noqa: S608
    try:
        return _fetch(statement)
    except OperationalError:
        if connection.vendor != "sqlite":
            raise
        # Bytes that are no text, where somebody wrote into the file: to be shown and not to be stumbled over.
        return _fetch_bytes(statement)


def _fetch(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[Any] = cursor.fetchall()
        return rows


def _fetch_bytes(statement: str) -> list[Any]:
    usual, connection.connection.text_factory = connection.connection.text_factory, _lenient
    try:
        return _fetch(statement)
    finally:
        connection.connection.text_factory = usual


def _lenient(stored: bytes) -> str:
    return stored.decode(errors="surrogateescape")


def find_differences(row: Row) -> dict[str, tuple[object, object]]:
    """The derived columns that differ from the record, with what is stored and what the record says."""
    told = json.loads(row.record)
    said = {name: told.get(name) for name in DERIVED} | {"at": _as_stored(told["at"])}
    stored = row._asdict()
    return {name: (stored[name], said[name]) for name in DERIVED if stored[name] != said[name]}


def _as_stored(moment: str) -> str:
    at = datetime.fromisoformat(moment).replace(tzinfo=None)
    # SQLite gets it from Django, which leaves out what is nought.
    return at.isoformat(" ") if connection.vendor == "sqlite" else at.isoformat(" ", "microseconds")
