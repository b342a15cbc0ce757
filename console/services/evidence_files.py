"""The files of an evidence pack: each from the rows of the trail to its bytes, in parts."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from console.lib.spreadsheet import BYTE_ORDER_MARK, cell
from console.models import AuditAnchor, User
from console.services.audit import fields_of
from console.services.audit_anchor import text_of
from console.services.evidence_entries import Row

FIXED = Path(__file__).resolve().parents[1] / "evidence"
_encode = json.JSONEncoder(ensure_ascii=False).encode
COLUMNS = (
    "at", "actor_id", "action", "outcome", "account_slug", "target_kind", "target_id", "target_name", "operation_id",
    "request_id", "http_status", "code", "message", "parameters",
)  # fmt: skip


def as_is(name: str) -> list[bytes]:
    """A file that is the same in every pack."""
    return [(FIXED / name).read_bytes()]


def entries_jsonl(batches: Iterable[list[Row]]) -> Iterator[bytes]:
    """A line for each entry. The record is a text in it and not an object, so that its bytes stay what was hashed."""
    for batch in batches:
        yield "".join(map(_line, batch)).encode()


def _line(row: Row) -> str:
    hashes = f'"record_hash":{_encode(row.record_hash)},"chain_hash":{_encode(row.chain_hash)}'
    return f'{{"sequence":{row.sequence},{hashes},"record":{_encode(row.record)}}}\n'


def entries_csv(batches: Iterable[list[Row]], people: set[int]) -> Iterator[bytes]:
    """A line for each entry, from its record; the numbers of the people in them are added to `people`."""
    yield _csv([["sequence", *COLUMNS, "record_hash"]], mark=BYTE_ORDER_MARK)
    for batch in batches:
        records = [_fields(row.record) for row in batch]
        people.update(number for record in records for number in _people_in(record))
        yield _csv(
            [row.sequence, *(record.get(name) for name in COLUMNS), row.record_hash]
            for row, record in zip(batch, records, strict=True)
        )


def _fields(record: str) -> dict[str, Any]:
    """The fields of a record; none of one that cannot be read any more, which the chain will show."""
    try:
        fields = fields_of(record)
    except ValueError:
        return {}
    return fields | {"parameters": _encode(fields.get("parameters"))}


def _people_in(record: dict[str, Any]) -> Iterator[int]:
    yield from _number(record.get("actor_id"))
    if record.get("target_kind") == "user":
        yield from _number(record.get("target_id"))


def _number(value: object) -> list[int]:
    text = str(value)
    return [int(text)] if text.isascii() and text.isdecimal() else []


def people_csv(people: Iterable[int]) -> Iterator[bytes]:
    """What each person is called at present."""
    names = User.objects.filter(pk__in=people).order_by("pk").values_list("pk", "username")
    yield _csv([["actor_id", "name"], *names], mark=BYTE_ORDER_MARK)


def anchors_jsonl(anchors: Iterable[AuditAnchor]) -> Iterator[bytes]:
    """A line for each anchor: the text, the signature of it, and the key that made the signature."""
    for anchor in anchors:
        line = {"text": text_of(anchor), "signature": anchor.signature, "public_key": anchor.public_key}
        yield f"{json.dumps(line)}\n".encode()


def _csv(rows: Iterable[Iterable[object]], *, mark: str = "") -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([cell(value) for value in row] for row in rows)
    return (mark + text.getvalue()).encode()
