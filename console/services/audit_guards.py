"""The guards of the trail: triggers that refuse UPDATE, DELETE, TRUNCATE and REPLACE. Are they there, put them back.

They are a seat belt: who owns the database can take them away. That is what the chain, its seals and anchors are for.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import ProgrammingError, connection, transaction

from console.models import AuditEntry, Outcome
from console.services import audit, audit_chain
from console.services.audit_guards_sql import FUNCTIONS, TRIGGERS

_SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
# Switched on always: not even a session that plays a replica passes.
_POSTGRESQL_TRIGGERS = """
    SELECT tgname, pg_get_triggerdef(oid, true) FROM pg_trigger
    WHERE tgenabled = 'A' AND NOT tgisinternal AND pg_table_is_visible(tgrelid)"""
# Looked up where the tables are, and last among the temporary tables, which anybody may make under any name.
_SEARCH_PATH = "search_path={}, pg_temp"
_POSTGRESQL_FUNCTIONS = """
    SELECT proname, prosrc || array_to_string(proconfig, ' ') FROM pg_proc
    WHERE pg_function_is_visible(oid) AND proname = ANY(%s)"""
PUT_BACK = "Triggers that protect the trail were missing. A migration or a person with rights to the database did it."
LEFT_OUT = "Triggers that protect the trail are missing, and this role may not put them back: migrate as their owner."
logger = logging.getLogger(__name__)


def find_missing() -> list[str]:
    """The names of guards that are not there, are switched off or say something else, sorted."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return _differing(cursor, TRIGGERS["sqlite"], _SQLITE_TRIGGERS)
        missing = _differing(cursor, TRIGGERS["postgresql"], _POSTGRESQL_TRIGGERS)
        path = _SEARCH_PATH.format(_schema(cursor))
        functions = {name: body + path for name, body in FUNCTIONS.items()}
        return missing + _differing(cursor, functions, _POSTGRESQL_FUNCTIONS, [list(FUNCTIONS)])


def _differing(cursor: Any, wanted: dict[str, str], query: str, parameters: Sequence[Any] = ()) -> list[str]:
    cursor.execute(query, parameters)
    there = dict(cursor.fetchall())
    return sorted(name for name, text in wanted.items() if there.get(name) != text)


def _schema(cursor: Any) -> str:
    cursor.execute("SELECT quote_ident(current_schema())")
    return str(cursor.fetchone()[0])


def ensure(**_signal: Any) -> list[str]:
    """Put back the guards that were missing, tell the trail of it, and return their names.

    A trail without guards is worse than one that says when it had none, and Django rebuilds tables on SQLite without
    their triggers: so the console goes on, with an entry that a person finds. On an empty trail nothing was at stake.
    A role that does not own the tables can only tell.
    """
    if not audit_chain.is_there():
        return []
    missing = find_missing()
    if not missing:
        return []
    try:
        with transaction.atomic():
            put()
            _tell(missing, Outcome.DONE, PUT_BACK)
    except ProgrammingError:
        with transaction.atomic():
            _tell(missing, Outcome.REFUSED, LEFT_OUT)
    return missing


def _tell(missing: list[str], outcome: Outcome, message: str) -> None:
    if not AuditEntry.objects.exists():
        return
    names = ", ".join(missing)
    logger.error("%s %s", message, names)
    parameters = {"put back" if outcome == Outcome.DONE else "missing": names}
    audit.append(
        audit.Event(action="audit.guards", outcome=outcome, actor=None, parameters=parameters, message=message)
    )


def put() -> None:
    """Make all guards anew, inside a transaction."""
    drop()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            path = _SEARCH_PATH.format(_schema(cursor))
            for name, body in FUNCTIONS.items():
                head = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET {path}"
                cursor.execute(f"{head} AS $body${body}$body$")
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
