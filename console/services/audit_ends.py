"""The ends of the trail: its head, what lies beyond it, and the anchors that tell how long it was."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from console.lib.chain import GENESIS
from console.models import AuditAnchor, AuditEntry
from console.services.audit_anchor import is_own
from console.services.audit_archived import ArchivedChain
from console.services.audit_diagnosis import FAR, Finding, Kind

# In one statement, so that what is appended meanwhile is in both or in neither.
_ENDS = """
    SELECT (SELECT max(sequence) FROM console_audithead), (SELECT max(chain_hash) FROM console_audithead),
        id, chain_hash
    FROM console_auditentry ORDER BY id DESC LIMIT 1"""
_TEXTS = ("chain_hash", "at", "signature", "public_key")


class AnchorFileError(Exception):
    """A file is not one of anchors; the text names the line."""


def find_last() -> int:
    """The number up to which there should be entries, by the head or by the entries, whichever says more."""
    head, _, last, _ = _ends()
    # SQLite stores a word in a column of numbers, too.
    return max(number for number in (head, last, 0) if isinstance(number, int))


def check_head() -> Finding | None:
    """Compare the head with the last entry, and look for entries before the first."""
    head, head_hash, last, last_hash = _ends()
    if before := AuditEntry.objects.filter(id__lt=1).order_by("id").first():
        return Finding(entry=before.pk, kind=Kind.INSERTED, text="The first entry of a trail is #1.")
    if not isinstance(last, int) or AuditEntry.objects.filter(id__isnull=True).exists():
        return Finding(entry=find_last(), kind=Kind.CHANGED_FIELD, text="An entry has an id that is no number.")
    if not isinstance(head, int):
        return Finding(entry=last, kind=Kind.CHANGED_HEAD, text="The head of the trail is missing or no number.")
    if last < head:
        text = f"The head tells of #{head}, the last entry is #{last}: later ones are cut off, or the head was changed."
        return Finding(entry=last + 1, kind=Kind.CUT_TAIL, text=text)
    if last > head or head_hash != last_hash:
        text = f"The head tells of another #{head} than the last entry, #{last}."
        return Finding(entry=last, kind=Kind.CHANGED_HEAD, text=text)
    return None


def _ends() -> tuple[Any, str, Any, str]:
    with connection.cursor() as cursor:
        cursor.execute(_ENDS)
        found: tuple[Any, str, Any, str] | None = cursor.fetchone()
        if not found:
            cursor.execute("SELECT max(sequence), max(chain_hash) FROM console_audithead")
            found = (*cursor.fetchone(), 0, GENESIS)
        return found


def check_anchors(anchors: Iterable[AuditAnchor], *, first: int = 1) -> Finding | None:
    """Compare each anchor with the entry that it names, from number `first` on; the first that does not fit."""
    try:
        return _find_false(anchors, first)
    except UnicodeDecodeError:
        # As the driver reads what SQLite has for a moment.
        return _unsigned(find_last())


def _find_false(anchors: Iterable[AuditAnchor], first: int) -> Finding | None:
    archived = ArchivedChain()
    for anchor in anchors:
        # Before all else: with another number it would be passed over.
        if not is_own(anchor):
            return _unsigned(anchor.sequence if isinstance(anchor.sequence, int) else find_last())
        if anchor.sequence >= first and (finding := _compare(anchor, archived)):
            return finding
    return None


def _unsigned(number: int) -> Finding:
    text = "The anchor of it was signed with another key than AUDIT_SIGNING_KEY, or was changed."
    return Finding(entry=number, kind=Kind.FOREIGN_KEY, text=text)


def _compare(anchor: AuditAnchor, archived: ArchivedChain) -> Finding | None:
    stored = AuditEntry.objects.filter(pk=anchor.sequence).values_list("chain_hash", flat=True).first()
    stored = stored or archived.find(anchor.sequence)
    if anchor.chain_hash == (stored or (GENESIS if not anchor.sequence else None)):
        return None
    at = f"{anchor.at:%Y-%m-%d %H:%M:%S} UTC"
    if stored:
        text = f"An anchor of {at} shows another chain up to here: it was computed again since."
        return Finding(entry=anchor.sequence, kind=Kind.REWRITTEN, text=text)
    last = _ends()[2]
    text = f"An anchor of {at} tells of #{anchor.sequence}, the last entry is #{last}."
    return Finding(entry=min(last + 1, anchor.sequence), kind=Kind.CUT_TAIL, text=text)


def stored_anchors() -> Iterator[AuditAnchor]:
    """The anchors in the database."""
    return AuditAnchor.objects.order_by("sequence", "id").iterator(chunk_size=500)


def read_anchors(path: Path) -> Iterator[AuditAnchor]:
    """The anchors of a file, one in each line. Raises AnchorFileError, OSError."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _read(line, number)


def _read(line: str, number: int) -> AuditAnchor:
    try:
        told = json.loads(line)
        texts = {name: str(told[name]) for name in _TEXTS}
        at = datetime.fromisoformat(texts.pop("at"))
        if type(told["sequence"]) is not int or not 0 <= told["sequence"] <= FAR:
            raise ValueError("no number of an entry")
        return AuditAnchor(sequence=told["sequence"], at=at, **texts)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AnchorFileError(f"line {number} is not an anchor") from error
