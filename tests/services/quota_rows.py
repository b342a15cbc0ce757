"""The rows of a quota, for tests that look at them and let time pass without waiting."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import F
from django.test import override_settings

from console.models import Account, Lane, Quota, QuotaSlot
from console.services import quota_limits, quota_slots, quota_use
from console.services.quota_slots import Lease

GROUP = "CreateOTAModule"
REST_S = 1.001


@contextmanager
def a_second_of_rest() -> Iterator[None]:
    """As in production, where the tests of everything else do not wait."""
    with override_settings(QUOTA_REST_S=REST_S):
        yield


def made(account: Account, group: str = GROUP) -> Quota:
    quota_limits.ensure(account, group)
    return Quota.objects.get(account=account, group=group)


def leases(account: Account, lane: Lane, group: str = GROUP) -> list[Lease]:
    """Everything that the lane can still get."""
    taken = []
    while lease := quota_slots.lease(account, group, lane=lane):
        taken.append(lease)
    return taken


def end(account: Account, lease: Lease, *, throttled: bool = False) -> None:
    """The call of a lease was answered."""
    quota_use.end_call(account, GROUP, lane=Lane.FORM, username="pm", lease=lease, throttled=throttled)


def let_pass(seconds: float) -> None:
    """Make everything that is stored so much older."""
    QuotaSlot.objects.update(free_at=F("free_at") - seconds, lease_until=F("lease_until") - seconds)
    Quota.objects.update(cut_at=F("cut_at") - seconds, missed_at=F("missed_at") - seconds)


def held() -> int:
    return QuotaSlot.objects.exclude(holder="").count()
