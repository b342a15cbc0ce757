"""The statements of the quota: each takes, gives back or reads slots in one go, on one clock for all processes.

They are written once, with `clock()` for the seconds now. PostgreSQL reads its own clock, once a statement. SQLite
serves one machine and is given its monotonic clock, which no correction of the time of day can move.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

STEP_S = 10
PATIENT_STEPS = 6
CUT_TELLS_AFTER_S = 2
SLACK_S = 60
HELD_OFF = 0.1
WAITED_FOR_S = 0.5

# Full again one slot every STEP_S after a cut, but for a rest below the level that was refused (twice what is left):
# that one is tried again only after PATIENT_STEPS, else a stranger's share would be run into every few seconds.
_STEPS = f"CAST(trunc(abs(clock() - quota.cut_at) / {STEP_S}) AS integer)"
_EFFECTIVE = (
    f"least(quota.per_second, quota.allowed + {_STEPS},"
    f" greatest(quota.allowed, 2 * quota.allowed - 1) + greatest(0, {_STEPS} + 1 - {PATIENT_STEPS}))"
)
# Who comes later in the order of lanes leaves slots for those before; at one slot, everybody takes turns.
_KEPT_BACK = """CASE %(lane)s
    WHEN 'sync' THEN least(quota.effective - 1, greatest(1, quota.effective / 5))
    WHEN 'reconcile' THEN quota.effective / 10
    ELSE 0 END"""
# A time farther ahead than can be is of a clock that began anew, with the machine; SLACK_S is what a statement may
# have waited for its lock since it was given the time, in which others went on.
_FREE = "CASE WHEN slot.holder = '' THEN slot.free_at ELSE slot.lease_until + %(rest)s END"
_READY = f"CASE WHEN {_FREE} > clock() + %(rest)s + {SLACK_S} THEN clock() + %(rest)s ELSE {_FREE} END"
_HELD = f"(slot.holder <> '' AND slot.lease_until BETWEEN clock() AND clock() + %(rest)s + %(lease)s + {SLACK_S})"
# While calls wait, whoever releases a slot would otherwise take it again before they have asked.
_HELD_OFF = f"""(slot.holder = '' AND abs(clock() - quota.missed_at) < {WAITED_FOR_S}
    AND slot.free_at BETWEEN clock() + %(rest)s * {1 - HELD_OFF} AND clock() + %(rest)s + {SLACK_S})"""
_QUOTA = f"""(SELECT quota.*, {_EFFECTIVE} AS effective FROM console_quota AS quota
    WHERE quota.account_id = %(account)s) AS quota"""  # noqa: S608  constants of this module

LEASE = f"""
UPDATE console_quotaslot AS slot
SET holder = %(holder)s, free_at = {_READY}, lease_until = greatest({_READY}, clock()) + %(lease)s
WHERE slot.id = (
    SELECT slot.id FROM console_quotaslot AS slot JOIN {_QUOTA} ON quota.id = slot.quota_id
    WHERE quota."group" = %(group)s AND slot.number < quota.effective - {_KEPT_BACK}
        AND NOT {_HELD} AND NOT {_HELD_OFF}
    ORDER BY greatest({_READY}, clock()), slot.number DESC
    LIMIT 1 FOR UPDATE OF slot SKIP LOCKED)
RETURNING id, greatest(0, free_at - clock()), clock()"""  # noqa: S608

# Those who wait ask again within half of the time that this tells; more often it need not be written.
MISS = f"""
UPDATE console_quota SET missed_at = clock()
WHERE account_id = %(account)s AND "group" = %(group)s AND abs(clock() - missed_at) > {WAITED_FOR_S} / 10"""  # noqa: S608

RELEASE = """
UPDATE console_quotaslot SET holder = '', free_at = clock() + %(rest)s, lease_until = 0
WHERE id = %(slot)s AND holder = %(holder)s"""

GIVE_BACK = """
UPDATE console_quotaslot SET holder = '', lease_until = 0 WHERE id = %(slot)s AND holder = %(holder)s"""

# Calls that were leased before a cut leave up to a second after it and count for another second: a call of that
# time that is throttled as well says nothing about what the cut left.
CUT = f"""
UPDATE console_quota AS quota SET allowed = greatest(1, {_EFFECTIVE} / 2), cut_at = clock()
WHERE quota.account_id = %(account)s AND quota."group" = %(group)s
    AND quota.cut_at NOT BETWEEN %(leased_at)s - {CUT_TELLS_AFTER_S} AND clock()"""  # noqa: S608

COUNT = """
INSERT INTO console_quotause (account_id, "group", lane, username, minute, calls, throttled)
VALUES (%(account)s, %(group)s, %(lane)s, %(username)s, %(minute)s, 1, %(throttled)s)
ON CONFLICT (account_id, minute, "group", lane, username)
DO UPDATE SET calls = console_quotause.calls + 1, throttled = console_quotause.throttled + excluded.throttled
RETURNING calls"""

# Of a slot that is held, the wait is for its answer at the soonest.
PACES = f"""
SELECT quota."group", quota.per_second, quota.effective,
    sum(CASE WHEN {_HELD} THEN 1 ELSE 0 END),
    min(CASE WHEN slot.number >= quota.effective - {_KEPT_BACK} THEN NULL
             WHEN {_HELD} THEN greatest(0, slot.lease_until - %(lease)s + %(rest)s - clock())
             ELSE greatest(0, {_READY} - clock()) END)
FROM console_quotaslot AS slot JOIN {_QUOTA} ON quota.id = slot.quota_id
WHERE slot.number < quota.per_second AND %(group)s IN ('', quota."group")
GROUP BY quota."group", quota.per_second, quota.effective"""  # noqa: S608


def run(*statements: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Carry out some of the statements above and return the rows of the last. PostgreSQL gets them as one."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        if database.vendor == "sqlite" and not database.in_atomic_block:
            with _in_a_hurry(cursor):
                return _execute(cursor, _in_words_of(database.vendor, statements), parameters)
        return _execute(cursor, _in_words_of(database.vendor, statements), parameters)


def _execute(cursor: CursorWrapper, statements: tuple[str, ...], parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    for statement in statements:
        cursor.execute(statement, {**parameters, "now": time.monotonic()})
    # All of them: SQLite keeps its lock until the last row is fetched.
    return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def _in_a_hurry(cursor: CursorWrapper) -> Iterator[None]:
    """Let SQLite not wait for the disk: when power fails, its clock begins anew and no lease counts any more."""
    cursor.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        cursor.execute("PRAGMA synchronous=FULL")


@cache
def _in_words_of(vendor: str, statements: tuple[str, ...]) -> tuple[str, ...]:
    if vendor == "postgresql":
        return (_as_one(statements),)
    words = {"clock()": "%(now)s", "least(": "min(", "greatest(": "max(", "trunc(": "("}
    return tuple(_replaced(statement, {**words, "FOR UPDATE OF slot SKIP LOCKED": ""}) for statement in statements)


def _as_one(statements: tuple[str, ...]) -> str:
    *first, last = [statement.replace("clock()", "(SELECT now FROM clock)") for statement in statements]
    parts = ["clock AS MATERIALIZED (SELECT extract(epoch FROM clock_timestamp())::float8 AS now)"]
    parts += [f"step_{number} AS ({statement})" for number, statement in enumerate(first)]
    return f"WITH {', '.join(parts)} {last}"


def _replaced(text: str, words: dict[str, str]) -> str:
    for theirs, ours in words.items():
        text = text.replace(theirs, ours)
    return text
