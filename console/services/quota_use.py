"""Who used how much of an account's quota: counted by the minute, kept for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from console.models import Account, Lane, QuotaUse
from console.services import quota_sql
from console.services.quota_slots import key_of

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The calls of one person, the console's own when `username` is empty, in one lane and quota group."""

    username: str
    lane: Lane
    group: str
    calls: int
    throttled: int


def count(account: Account, group: str, *, lane: Lane, username: str, throttled: bool) -> None:
    """Count one call that went out; the first of a minute clears away what is older than a day."""
    minute = timezone.now().replace(second=0, microsecond=0)
    [[calls]] = quota_sql.run(
        quota_sql.COUNT,
        account=key_of(account),
        group=group,
        lane=lane.value,
        username=username,
        minute=connection.ops.adapt_datetimefield_value(minute),
        throttled=int(throttled),
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
