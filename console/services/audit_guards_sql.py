"""The triggers that refuse to change or delete what the trail holds, in the words of each database.

Each statement is spelled as the database tells it back, so that one that was changed shows.
"""

REFUSED = "the audit trail is append-only"
_FIXED_TABLES = ("console_auditanchor", "console_auditarchive")
# Archived is what an archive covers, but for who created what, and for what vouches for an archive.
_IS_ARCHIVED = """OLD.action NOT LIKE '%.create' AND OLD.action <> 'audit.archive'
    AND EXISTS (SELECT 1 FROM console_auditarchive WHERE OLD.id BETWEEN first AND last)"""
_FITS_HEAD = "EXISTS (SELECT 1 FROM console_audithead WHERE sequence = NEW.id AND chain_hash = NEW.chain_hash)"
_MOVES_ON = "NEW.id = OLD.id AND NEW.sequence = OLD.sequence + 1"


def _sqlite(name: str, event: str, table: str, refused_when: str = "") -> str:
    when = f" WHEN {refused_when}" if refused_when else ""
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"


def _taken(table: str, *unique: str) -> str:
    """Whether a row is there already that INSERT OR REPLACE would delete without a word."""
    same = " OR ".join(f"{name} = NEW.{name}" for name in unique)
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608  names of our own


def _for_sqlite() -> dict[str, str]:
    entry, head = "console_auditentry", "console_audithead"
    guards = {
        "audit_entry_insert": ("INSERT", entry, f"NOT {_FITS_HEAD} OR {_taken(entry, 'id')}"),
        "audit_entry_update": ("UPDATE", entry, ""),
        "audit_entry_delete": ("DELETE", entry, f"NOT ({_IS_ARCHIVED})"),
        "audit_head_insert": ("INSERT", head, "EXISTS (SELECT 1 FROM console_audithead)"),
        "audit_head_update": ("UPDATE", head, f"NOT ({_MOVES_ON})"),
        "audit_head_delete": ("DELETE", head, ""),
        "auditanchor_insert": ("INSERT", _FIXED_TABLES[0], _taken(_FIXED_TABLES[0], "id")),
        "auditarchive_insert": ("INSERT", _FIXED_TABLES[1], _taken(_FIXED_TABLES[1], "id", "last")),
    }
    for table in _FIXED_TABLES:
        short = table.removeprefix("console_")
        guards |= {f"{short}_{event.lower()}": (event, table, "") for event in ("UPDATE", "DELETE")}
    return {name: _sqlite(name, *guard) for name, guard in guards.items()}


def _for_postgresql() -> dict[str, str]:
    refuse = "EXECUTE FUNCTION console_audit_refuse()"
    guards = {
        "audit_entry_insert": ("INSERT", "entry", "FOR EACH ROW EXECUTE FUNCTION console_audit_fits()"),
        "audit_entry_update": ("UPDATE", "entry", f"FOR EACH STATEMENT {refuse}"),
        "audit_entry_delete": ("DELETE", "entry", "FOR EACH ROW EXECUTE FUNCTION console_audit_is_archived()"),
        "audit_entry_truncate": ("TRUNCATE", "entry", f"FOR EACH STATEMENT {refuse}"),
        "audit_head_update": ("UPDATE", "head", "FOR EACH ROW EXECUTE FUNCTION console_audit_moves_on()"),
        "audit_head_delete": ("DELETE OR TRUNCATE", "head", f"FOR EACH STATEMENT {refuse}"),
        "auditanchor_fixed": ("DELETE OR UPDATE OR TRUNCATE", "anchor", f"FOR EACH STATEMENT {refuse}"),
        "auditarchive_fixed": ("DELETE OR UPDATE OR TRUNCATE", "archive", f"FOR EACH STATEMENT {refuse}"),
    }
    return {
        name: f"CREATE TRIGGER {name} BEFORE {event} ON console_audit{table} {action}"
        for name, (event, table, action) in guards.items()
    }


def _body(passes_when: str, row: str) -> str:
    return f"""
BEGIN
    IF {passes_when} THEN
        RETURN {row};
    END IF;
    RAISE EXCEPTION '{REFUSED}: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
"""


TRIGGERS = {"sqlite": _for_sqlite(), "postgresql": _for_postgresql()}
# What the triggers of PostgreSQL run, by the name of the function.
FUNCTIONS = {
    "console_audit_refuse": _body("FALSE", "NULL"),
    "console_audit_fits": _body(_FITS_HEAD, "NEW"),
    "console_audit_is_archived": _body(_IS_ARCHIVED, "OLD"),
    "console_audit_moves_on": _body(_MOVES_ON, "NEW"),
}
