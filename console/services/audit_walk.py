"""The walk along the chain: every hash computed again, every column compared with its record, at hashing speed."""

import hashlib
from collections.abc import Sequence
from json.encoder import encode_basestring as quoted
from typing import Any

from django.conf import settings

from console.lib import chain
from console.services.audit_diagnosis import Finding, Position, diagnose
from console.services.audit_rows import Row, find_rows


def walk(start: Position, *, until: int, at_most: int) -> tuple[Position, Finding | None]:
    """Check the entries behind `start`, `at_most` or a few more of them and none behind number `until`.

    Returns how far all was well, and what is wrong with the first entry that is not. It holds no more than a chunk
    of entries in memory.
    """
    position = start
    for rows in find_rows(start.number, until):
        position, finding = _walk_chunk(rows, position)
        if finding or position.number - start.number >= at_most:
            return position, finding
    return position, None


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
    sha256, seal_of = hashlib.sha256, chain.sealer(settings.AUDIT_KEY)
    # One loop without calls of our own but the seal's: it runs a million times.
    try:
        for row in rows:
            of_record = sha256(row[1].encode()).digest()
            of_chain = sha256(previous + of_record).digest()
            if (
                row[0] != number + 1
                or row[2] != of_record.hex()
                or row[3] != of_chain.hex()
                or row[4] != seal_of(of_chain)
                or not _says_what_it_stores(*row[1:2], *row[5:])
            ):
                break
            number, previous = row[0], of_chain
    except (TypeError, AttributeError, UnicodeError):
        # Not even text: diagnose names it.
        pass
    return Position(number=number, chain_hash=previous.hex()), number - position.number


def _says_what_it_stores(
    record: str,
    account_slug: str,
    action: str,
    actor_id: int | None,
    at: str,
    operation_id: str,
    outcome: str,
    request_id: str,
    target_id: str,
    target_kind: str,
    target_name: str,
) -> bool:
    """Whether the record holds these very values, without the cost of parsing it: keys are sorted, a quotation mark
    within a string stands behind a backslash, and `parameters` is the only object within a record.
    """
    return (
        record.startswith(
            f'{{"account_slug":{quoted(account_slug)},"action":{quoted(action)}'
            f',"actor_id":{"null" if actor_id is None else actor_id},"at":"{at}+00:00","code":"'
        )
        and record.endswith(
            f',"request_id":{quoted(request_id)},"target_id":{quoted(target_id)}'
            f',"target_kind":{quoted(target_kind)},"target_name":{quoted(target_name)}}}'
        )
        and f',"operation_id":{quoted(operation_id)},"outcome":{quoted(outcome)},"parameters":{{' in record
    )
