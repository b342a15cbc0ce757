"""A slot of an account's quota: leased for one call, at rest for one second after its answer, then free again."""

import os
import secrets
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from console.models import Account, Lane
from console.services import quota_sql

# What may pass between the end of the longest call and its release.
MARGIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A slot that is `holder`'s and free to use after `wait_s`; `leased_at` is a time of the shared clock."""

    slot_id: int
    holder: str
    wait_s: float
    leased_at: float


def lease(account: Account, group: str, *, lane: Lane) -> Lease | None:
    """Take the slot that is free the soonest, in one statement. None when every one that the lane may take is held:
    it is noted that somebody waits, and for a moment nobody gets the slot again that they just released.
    """
    # The process is told for whoever looks at the table; the rest makes the holder one call's.
    holder = f"{os.getpid()}.{secrets.token_hex(8)}"
    of_group = {"account": account.pk.hex, "group": group}
    rows = quota_sql.run(quota_sql.LEASE, **of_group, lane=lane.value, holder=holder, **durations())
    if not rows:
        quota_sql.run(quota_sql.MISS, **of_group)
        return None
    slot_id, wait_s, leased_at = rows[0]
    if connection.vendor == "sqlite":
        # Its clock is this machine's: what the statement itself took is part of the wait.
        wait_s = max(0.0, leased_at + wait_s - time.monotonic())
    return Lease(slot_id=slot_id, holder=holder, wait_s=wait_s, leased_at=leased_at)


def give_back(lease: Lease) -> None:
    """Nothing was sent: the slot is as it was before the lease."""
    quota_sql.run(quota_sql.GIVE_BACK, slot=lease.slot_id, holder=lease.holder)


def durations() -> dict[str, float]:
    """How long a slot rests after an answer, and after how long a call is taken for dead; both in seconds."""
    return {"rest": settings.QUOTA_REST_S, "lease": settings.PLATFORM_TOTAL_TIMEOUT_S + MARGIN_S}
