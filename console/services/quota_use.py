"""The use of an account's quota: calls are counted as they end, by the minute, and kept for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from console.models import Account, Lane, QuotaUse
from console.services import quota_sql
from console.services.quota_slots import Lease, durations

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The calls of one person, the console's own when `username` is empty, in one lane and quota group."""

    username: str
    lane: Lane
    group: str
    calls: int
    throttled: int


def end_call(account: Account, group: str, *, lane: Lane, username: str, lease: Lease, throttled: bool) -> None:
    """A call went out and is over. Its slot begins its rest now, which is after the request arrived, wherever that was
    held up; it is counted; and when the platform throttled it, half of what is given out is taken away.

    The first count of a minute clears away what is older than a day.
    """
    minute = timezone.now().replace(second=0, microsecond=0)
    cut = (quota_sql.CUT,) if throttled else ()
    [[calls]] = quota_sql.run(
        quota_sql.RELEASE,
        *cut,
        quota_sql.COUNT,
        account=account.pk.hex,
        group=group,
        lane=lane.value,
        username=username,
        minute=connection.ops.adapt_datetimefield_value(minute),
        throttled=int(throttled),
        slot=lease.slot_id,
        holder=lease.holder,
        leased_at=lease.leased_at,
        rest=durations()["rest"],
    )
    if calls == 1:
        QuotaUse.objects.filter(account=account, minute__lt=minute - KEPT_FOR).delete()


def usage_of(account: Account, *, since: datetime) -> list[Use]:
    """The use since then, the most first."""
    sums = (
        QuotaUse.objects.filter(account=account, minute__gte=since)
        .values_list("username", "lane", "group")
        .annotate(calls_sum=Sum("calls"), throttled_sum=Sum("throttled"))
        .order_by("-calls_sum", "username", "lane", "group")
    )
    return [
        Use(username=username, lane=Lane(lane), group=group, calls=calls, throttled=throttled)
        for username, lane, group, calls, throttled in sums
    ]
