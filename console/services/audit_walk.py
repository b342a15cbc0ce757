"""The walk along the chain: every hash computed again, every column compared with its record, at hashing speed."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from console.lib import chain
from console.services.audit_archived import find_archive, find_end_before, walk_archive
from console.services.audit_diagnosis import FAR, Finding, Position, diagnose
from console.services.audit_rows import Row, find_rows


def walk(start: Position, *, until: int, at_most: int) -> tuple[Position, Finding | None]:
    """Check the entries behind `start`, `at_most` or a few more of them and none behind number `until`.

    Returns how far all was well, and what is wrong with the first entry that is not. It holds no more than a chunk
    of entries in memory, or the hashes of one archive.
    """
    position = start
    while position.number < until and (archive := find_archive(position.number + 1)):
        # What went into an archive since it was begun is checked as a whole.
        is_within = archive.first <= position.number
        position, finding = walk_archive(archive, find_end_before(archive.first) if is_within else position)
        if finding or position.number - start.number >= at_most:
            return position, finding
    for rows in find_rows(position.number, until):
        position, finding = _walk_chunk(rows, position)
        if finding or position.number - start.number >= at_most:
            break
    else:
        finding = _find_gap(position) if position.number < until else None
    if finding and find_archive(position.number + 1):
        return walk(position, until=until, at_most=at_most)
    return position, finding


def _find_gap(position: Position) -> Finding | None:
    """What is missing behind a position, if anything stands behind that: a cut tail is the head's to tell."""
    rows = next(find_rows(position.number, FAR), [])
    return diagnose(Row(*rows[0]), position) if rows else None


def _walk_chunk(rows: list[Any], position: Position) -> tuple[Position, Finding | None]:
    passed = 0
    while passed < len(rows):
        position, count = _hasten(rows[passed:] if passed else rows, position)
        passed += count
        if passed < len(rows):
            # Not what the quick look expects: seldom right all the same, like a moment without microseconds.
            row = Row(*rows[passed])
            if finding := diagnose(row, position):
                return position, finding
            position, passed = Position(number=row.id, chain_hash=row.chain_hash), passed + 1
    return position, None


def _hasten(rows: Sequence[Any], position: Position) -> tuple[Position, int]:
    """How far the rows pass a quick look that lets nothing through which `diagnose` would not, and how many did."""
    number, previous = position.number, bytes.fromhex(position.chain_hash)
    sha256, (inner, outer) = hashlib.sha256, chain.sealing_hashes(settings.AUDIT_KEY)
    # One loop without calls of our own: it runs a million times. A record begins with what the columns
    # say, so that it need not be parsed: a quotation mark within a string would stand behind a backslash, and a value
    # with a backslash is left to diagnose. What stands there to the end of the last name is there once: parameters,
    # which may have any names, are texts, and only behind it.
    try:
        for (
            found, record, record_hash, chain_hash, seal, slug, action, actor, at,
            operation, outcome, request, target, kind, name,
        ) in rows:  # fmt: skip
            of_record = sha256(record.encode()).digest()
            of_chain = sha256(previous + of_record).digest()
            within, seal_of = inner.copy(), outer.copy()
            within.update(of_chain)
            seal_of.update(within.digest())
            if (
                found != number + 1
                or of_record.hex() != record_hash
                or of_chain.hex() != chain_hash
                or seal_of.hexdigest() != seal
                or not record.startswith(
                    f'{{"account_slug":"{slug}","action":"{action}","actor_id":{"null" if actor is None else actor}'
                    f',"at":"{at}+00:00","operation_id":"{operation}","outcome":"{outcome}"'
                    f',"request_id":"{request}","target_id":"{target}","target_kind":"{kind}"'
                    f',"target_name":"{name}","what":{{'
                )
                or ("\\" in record and "\\" in f"{slug}{action}{operation}{outcome}{request}{target}{kind}{name}")
            ):
                break
            number, previous = found, of_chain
    except (TypeError, AttributeError, IndexError, UnicodeError):
        # Not even text: diagnose names it.
        pass
    return Position(number=number, chain_hash=previous.hex()), number - position.number
