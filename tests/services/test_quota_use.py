from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from console.models import Account, Lane, QuotaUse
from console.services import quota_use
from console.services.quota_slots import Lease
from console.services.quota_use import Use
from tests import make
from tests.services.at_once import at_once

NOON = datetime(2026, 11, 2, 12, 0, 30, tzinfo=UTC)
# Whose slot somebody else has by now: the call is counted all the same.
LOST = Lease(slot_id=0, holder="late", wait_s=0, leased_at=0)


@pytest.fixture
def account(db: None) -> Account:
    return make.account()


def call(
    account: Account, group: str = "CreateOTAModule", username: str = "pm", lane: Lane = Lane.FORM, *, throttled: bool
) -> None:
    quota_use.end_call(account, group, lane=lane, username=username, lease=LOST, throttled=throttled)


def test_calls_are_summed_by_person_lane_and_group(account: Account):
    with time_machine.travel(NOON, tick=False) as now:
        for throttled in (False, True, False):
            call(account, throttled=throttled)
            now.shift(40)
        call(account, "QueryProductList", "", Lane.SYNC, throttled=False)
        call(make.account(slug="other"), throttled=False)
    assert quota_use.usage_of(account, since=NOON - timedelta(hours=1)) == [
        Use(username="pm", lane=Lane.FORM, group="CreateOTAModule", calls=3, throttled=1),
        Use(username="", lane=Lane.SYNC, group="QueryProductList", calls=1, throttled=0),
    ]
    assert QuotaUse.objects.filter(account=account, username="pm").count() == 2


def test_what_is_older_is_not_told(account: Account):
    with time_machine.travel(NOON, tick=False):
        call(account, throttled=False)
    assert quota_use.usage_of(account, since=NOON + timedelta(minutes=1)) == []


def test_what_is_older_than_a_day_is_cleared_away(account: Account):
    with time_machine.travel(NOON, tick=False) as now:
        call(account, throttled=False)
        now.shift(timedelta(hours=23))
        call(account, throttled=False)
        now.shift(timedelta(hours=2))
        call(account, throttled=False)
    assert QuotaUse.objects.count() == 2


def test_no_call_is_lost_when_many_are_counted_at_once(transactional_db: None):
    account = make.account()
    with time_machine.travel(NOON, tick=False):
        at_once(*[lambda: [call(account, throttled=True) for _ in range(5)]] * 6)
    assert (QuotaUse.objects.get().calls, QuotaUse.objects.get().throttled) == (30, 30)
