"""The turn of a call: it waits for a slot of the account's quota and holds it until the answer has come."""

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from console.models import Account, Lane
from console.platforms.errors import NotSent, Throttled
from console.services import quota_limits, quota_slots, quota_use
from console.services.quota_slots import Lease

log = logging.getLogger("console.quota")

# A slot can be leased long before it is free: asking this seldom costs no throughput, and all who wait are equal.
PAUSE_S = (0.1, 0.25)


@contextmanager
def slot(account: Account, group: str, *, lane: Lane, username: str, wait_s: float) -> Iterator[None]:
    """Hold a slot of the quota group for the body, which is the one exchange; count it as `username`'s.

    Raises NotSent, with nothing reserved, when no slot is free within `wait_s`. A Throttled from the body lowers
    the pace of the group; after a NotSent from the body the slot is free at once. Never inside a transaction.
    """
    _check_no_transaction()
    lease = _lease_in_time(account, group, lane, wait_s)
    error: BaseException | None = None
    try:
        time.sleep(lease.wait_s)
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        _end(account, group, lane, username, lease, error)


def _check_no_transaction() -> None:
    # Tests that are rolled back have a transaction around them; Django's own durable=True looks away in the same way.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("waiting for the quota would hold a transaction open")


def _lease_in_time(account: Account, group: str, lane: Lane, wait_s: float) -> Lease:
    deadline = time.monotonic() + wait_s
    lease = quota_slots.lease(account, group, lane=lane)
    if lease is None and quota_limits.ensure(account, group):
        lease = quota_slots.lease(account, group, lane=lane)
    while lease is None and (left_s := deadline - time.monotonic()) > 0:
        time.sleep(min(left_s, random.uniform(*PAUSE_S)))  # noqa: S311  not for secrets
        lease = quota_slots.lease(account, group, lane=lane)
    if lease and lease.wait_s <= max(0.0, deadline - time.monotonic()):
        return lease
    if lease:
        quota_slots.give_back(lease)
    raise _used_up(account, group, wait_s)


def _used_up(account: Account, group: str, wait_s: float) -> NotSent:
    limit = quota_limits.limits_of(account)[group]
    return NotSent(
        f"The account's quota for {group} ({limit} a second) is used up: the wait would be longer than {wait_s:g} s."
    )


def _end(account: Account, group: str, lane: Lane, username: str, lease: Lease, error: BaseException | None) -> None:
    """Whatever fails here must not hide how the call ended: the lease runs out by itself."""
    try:
        if isinstance(error, NotSent):
            quota_slots.give_back(lease)
        else:
            throttled = isinstance(error, Throttled)
            quota_use.end_call(account, group, lane=lane, username=username, lease=lease, throttled=throttled)
    except Error:
        log.exception("the slot of %s on %s could not be released", group, account.slug)
