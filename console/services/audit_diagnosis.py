"""What is wrong with an entry that does not fit: told apart by what still fits with what."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from console.lib.chain import GENESIS, chain_hash, record_hash, seal
from console.models import AuditEntry, AuditHead
from console.services.audit_rows import Row, find_differences, find_row, find_rows

# Behind every number.
FAR = 2**62


class Kind(StrEnum):
    CHANGED_FIELD = "changed field"
    CHANGED_RECORD = "changed record"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_TAIL = "cut tail"
    FOREIGN_KEY = "foreign key"
    CHANGED_HEAD = "changed head"
    REWRITTEN = "rewritten since an anchor"
    FALSE_ARCHIVE = "false archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`entry` is the number of the first bad entry; where entries are missing, that of the first of them."""

    entry: int
    kind: Kind
    text: str

    def __str__(self) -> str:
        return f"#{self.entry}: {self.kind}. {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a walk came: the number of the last entry that was found good, and its chain hash."""

    number: int = 0
    chain_hash: str = GENESIS


def diagnose(row: Row, before: Position) -> Finding | None:
    """What is wrong with the entry behind `before`; None when nothing is."""
    if broken := [name for name, value in row._asdict().items() if not _is_storable(name, value)]:
        text = f"{_named(broken)} holds what no entry can hold."
        return Finding(entry=before.number + 1, kind=Kind.CHANGED_FIELD, text=text)
    if row.id > before.number + 1:
        return _gap(before.number + 1, row.id - 1)
    if chain_hash(before.chain_hash, record_hash(row.record)) == row.chain_hash:
        return _in_place(row)
    return _out_of_place(row, before)


def quote_differences(number: int) -> str:
    """What the columns of an entry say and what its record says, where the two differ; for who holds the database."""
    row = find_row(number)
    differences = _differences_that_show(row) if row else {}
    return "; ".join(f"{name} is {stored!r} and was {said!r}" for name, (stored, said) in differences.items())


def _is_storable(name: str, value: object) -> bool:
    if name == "id" or (name == "actor_id" and value is not None):
        return isinstance(value, int)
    if name == "actor_id":
        return True
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)


def _gap(first: int, last: int) -> Finding:
    gone = f"#{first} is missing." if first == last else f"#{first} to #{last} are missing."
    return Finding(entry=first, kind=Kind.MISSING, text=gone)


def _in_place(row: Row) -> Finding | None:
    """The record is the true one and stands where it belongs; something beside it may be wrong."""
    if row.record_hash != record_hash(row.record):
        return _finding(row, Kind.CHANGED_FIELD, "The column record_hash is not the hash of its record.")
    if not is_sealed(row):
        return _unsealed(row)
    if differences := find_differences(row):
        # Without the values: not everybody who reads of a verification may read what this entry is about.
        return _finding(row, Kind.CHANGED_FIELD, f"{_named(differences)} differs from the record.")
    return None


def _unsealed(row: Row) -> Finding:
    following = find_row(row.id + 1)
    if following and is_sealed(following):
        return _finding(row, Kind.CHANGED_FIELD, "The column seal was changed: the entries behind it are sealed.")
    text = "The hashes fit, the seal does not: sealed with another key than AUDIT_KEY, or the seal was changed."
    return _finding(row, Kind.FOREIGN_KEY, text)


def _out_of_place(row: Row, before: Position) -> Finding:
    own = record_hash(row.record)
    if seal(settings.AUDIT_KEY, chain_hash(before.chain_hash, own)) == row.seal:
        return _finding(row, Kind.CHANGED_FIELD, "The column chain_hash was changed: the seal still fits the true one.")
    if own != row.record_hash and _is_true_hash(row, before):
        return _finding(row, Kind.CHANGED_RECORD, _what_changed(row))
    if true := _find_successor(before, row):
        return _misplaced(row, true)
    if is_sealed(row) and _is_short_of_entries():
        text = "Entries are missing before it, and those behind were given other numbers."
        return _finding(row, Kind.MISSING, text)
    return _finding(row, Kind.CHANGED_RECORD, "The record and its hash do not follow from the entry before.")


def _is_true_hash(row: Row, before: Position) -> bool:
    return _is_hash(row.record_hash) and chain_hash(before.chain_hash, row.record_hash) == row.chain_hash


def _is_hash(text: str) -> bool:
    return len(text) == len(GENESIS) and not set(text) - set("0123456789abcdef")


def _what_changed(row: Row) -> str:
    """The fields of a changed record that the columns still tell as they were."""
    differences = _differences_that_show(row)
    fields = f" {_named(differences)} shows it." if differences else ""
    return f"The record was changed; its hash is still that of the true one.{fields}"


def _differences_that_show(row: Row) -> dict[str, tuple[object, object]]:
    """Those of a row whose record may be no record any more: then none."""
    try:
        return find_differences(row)
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def _find_successor(before: Position, wrong: Row) -> Row | None:
    """The entry, stored behind the wrong one, that truly follows `before`: with its own hash, or with that of the
    place where it belongs.
    """
    for rows in find_rows(wrong.id, FAR):
        for row in (Row(*raw) for raw in rows):
            if not _is_storable("record", row.record):
                continue
            true = chain_hash(before.chain_hash, record_hash(row.record))
            if true in (row.chain_hash, wrong.chain_hash) or seal(settings.AUDIT_KEY, true) == row.seal:
                return row
    return None


def _misplaced(row: Row, true: Row) -> Finding:
    copies = AuditEntry.objects.filter(chain_hash=row.chain_hash).count()
    if not is_sealed(row) or copies > 1:
        return _finding(row, Kind.INSERTED, f"What follows the entry before stands as #{true.id}.")
    return _finding(row, Kind.REORDERED, f"What belongs here stands as #{true.id}.")


def _is_short_of_entries() -> bool:
    head = AuditHead.objects.first()
    last = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return head is not None and last < head.sequence


def is_sealed(row: Row) -> bool:
    """Whether the entry's chain hash, wherever it stands, was sealed with this installation's key."""
    return _is_hash(row.chain_hash) and seal(settings.AUDIT_KEY, row.chain_hash) == row.seal


def _finding(row: Row, kind: Kind, text: str) -> Finding:
    return Finding(entry=row.id, kind=kind, text=text)


def _named(columns: Iterable[str]) -> str:
    return ", ".join(columns)
