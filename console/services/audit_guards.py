"""The guards of the trail: triggers that refuse UPDATE, DELETE, TRUNCATE and REPLACE. Are they there, put them back.

They are a seat belt: who owns the database can take them away. That is what the chain, its seals and anchors are for.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from console.models import AuditEntry, AuditHead, Outcome
from console.services import audit
from console.services.audit_guards_sql import FUNCTIONS, TRIGGERS

_SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
# Switched on always: not even a session that plays a replica passes.
_POSTGRESQL_TRIGGERS = """
    SELECT tgname, pg_get_triggerdef(oid, true) FROM pg_trigger
    WHERE tgenabled = 'A' AND NOT tgisinternal AND pg_table_is_visible(tgrelid)"""
_POSTGRESQL_FUNCTIONS = "SELECT proname, prosrc FROM pg_proc WHERE pg_function_is_visible(oid) AND proname = ANY(%s)"
logger = logging.getLogger(__name__)


def find_missing() -> list[str]:
    """The names of guards that are not there, are switched off or say something else, sorted."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return _differing(cursor, TRIGGERS["sqlite"], _SQLITE_TRIGGERS)
        missing = _differing(cursor, TRIGGERS["postgresql"], _POSTGRESQL_TRIGGERS)
        return missing + _differing(cursor, FUNCTIONS, _POSTGRESQL_FUNCTIONS, [list(FUNCTIONS)])


def _differing(cursor: Any, wanted: dict[str, str], query: str, parameters: Sequence[Any] = ()) -> list[str]:
    cursor.execute(query, parameters)
    there = dict(cursor.fetchall())
    return sorted(name for name, text in wanted.items() if there.get(name) != text)


def ensure(**_signal: Any) -> list[str]:
    """Put back the guards that are missing, tell the trail of it, and return their names.

    A trail without guards is worse than one that says when it had none, and Django rebuilds tables on SQLite without
    their triggers: so the console goes on, with an entry that a person finds. On an empty trail nothing was at stake.
    """
    if _is_before_guards():
        return []
    with transaction.atomic():
        if missing := find_missing():
            put()
            _tell(missing)
    return missing


def _is_before_guards() -> bool:
    """Whether the database was migrated back to where there was no chain to guard."""
    with connection.cursor() as cursor:
        return AuditHead._meta.db_table not in connection.introspection.table_names(cursor)  # noqa: SLF001


def _tell(missing: list[str]) -> None:
    if not AuditEntry.objects.exists():
        return
    logger.error("Guards of the audit trail were missing and are put back: %s", ", ".join(missing))
    message = (
        "Triggers that protect the trail were missing. A migration or a person with rights to the database did it."
    )
    put_back = {"put back": ", ".join(missing)}
    audit.append(
        audit.Event(action="audit.guards", outcome=Outcome.DONE, actor=None, parameters=put_back, message=message)
    )


def put() -> None:
    """Make all guards anew, inside a transaction."""
    drop()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in FUNCTIONS.items():
                cursor.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$")
        for name, statement in TRIGGERS[connection.vendor].items():
            cursor.execute(statement)
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {_table_of(statement)} ENABLE ALWAYS TRIGGER {name}")


def drop() -> None:
    """Take all guards away: for a migration that has to change what they protect, and to empty a test database."""
    with connection.cursor() as cursor:
        for name, statement in TRIGGERS[connection.vendor].items():
            table = f" ON {_table_of(statement)}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {', '.join(f'{name}()' for name in FUNCTIONS)}")


def _table_of(statement: str) -> str:
    return statement.partition(" ON ")[2].split(maxsplit=1)[0]
