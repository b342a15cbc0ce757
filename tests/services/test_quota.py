import threading
import time

import pytest
from django.db import transaction
from django.test import override_settings

from console.models import Account, Lane, Quota, QuotaSlot, QuotaUse
from console.platforms.errors import NotSent, Throttled, Unknown
from console.services import quota, quota_limits, quota_slots
from tests import make
from tests.services.at_once import at_once
from tests.services.quota_rows import GROUP, a_second_of_rest, held, leases, let_pass, made

SMALL = "ListThingTemplates"
SMALL_LIMIT = 5


def call(account: Account, group: str = GROUP, *, wait_s: float = 30.0, error: Exception | None = None) -> None:
    with quota.slot(account, group, lane=Lane.FORM, username="pm", wait_s=wait_s):
        if error:
            raise error


@pytest.mark.django_db(transaction=True)
def test_no_second_ever_sees_more_calls_than_the_limit():
    account, moments, lock = make.account(), [], threading.Lock()

    def three_calls() -> None:
        for _ in range(3):
            with quota.slot(account, SMALL, lane=Lane.FORM, username="pm", wait_s=60), lock:
                moments.append(time.monotonic())

    with a_second_of_rest():
        assert at_once(*[three_calls] * 8) == [None] * 8
    moments.sort()
    assert len(moments) == 24
    assert all(later - earlier >= 1 for earlier, later in zip(moments, moments[SMALL_LIMIT:], strict=False))
    assert held() == 0


@pytest.mark.django_db(transaction=True)
def test_a_slow_answer_counts_from_its_end():
    account = make.account()
    quota_limits.change_limits(account, limits={GROUP: 1}, actor=make.user("admin"))
    with a_second_of_rest():
        with quota.slot(account, GROUP, lane=Lane.FORM, username="pm", wait_s=0):
            time.sleep(0.2)
            answered = time.monotonic()
        with quota.slot(account, GROUP, lane=Lane.FORM, username="pm", wait_s=60):
            assert time.monotonic() - answered >= 1


def test_who_would_wait_too_long_is_told_so_and_reserves_nothing(db: None):
    account = make.account()
    with a_second_of_rest():
        for _ in range(10):
            call(account)
        at_rest = sorted(QuotaSlot.objects.values_list("free_at", flat=True))
        with pytest.raises(NotSent) as refusal:
            call(account, wait_s=0.25)
    assert str(refusal.value) == (
        "The account's quota for CreateOTAModule (10 a second) is used up: the wait would be longer than 0.25 s."
    )
    assert held() == 0
    assert sorted(QuotaSlot.objects.values_list("free_at", flat=True)) == at_rest


def test_where_all_slots_are_held_it_waits_no_longer_than_it_may(db: None):
    account = make.account()
    made(account)
    leases(account, Lane.FORM)
    with pytest.raises(NotSent, match=r"longer than 0\.1 s"):
        call(account, wait_s=0.1)
    assert held() == 10


def test_what_was_not_sent_costs_nothing(db: None):
    account = make.account()
    quota_limits.change_limits(account, limits={GROUP: 1}, actor=make.user("admin"))
    with a_second_of_rest():
        with pytest.raises(NotSent, match="refused the connection"):
            call(account, error=NotSent("It refused the connection."))
        call(account, wait_s=0)
    assert QuotaUse.objects.get().calls == 1


@pytest.mark.parametrize("error", [Unknown("No answer came."), ValueError("a bug")])
def test_whatever_goes_wrong_the_slot_rests_and_the_call_counts(db: None, error: Exception):
    account = make.account()
    with a_second_of_rest():
        with pytest.raises(type(error)):
            call(account, error=error)
        assert held() == 0
        let_pass(0.2)
        assert len([lease for lease in leases(account, Lane.FORM) if lease.wait_s > 0]) == 1
    assert (QuotaUse.objects.get().calls, QuotaUse.objects.get().throttled) == (1, 0)


def test_throttling_halves_the_pace_and_is_counted(db: None):
    account = make.account()
    with pytest.raises(Throttled):
        call(account, error=Throttled("Too many calls."))
    assert Quota.objects.get().allowed == 5
    assert (QuotaUse.objects.get().calls, QuotaUse.objects.get().throttled) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_it_does_not_wait_inside_a_transaction():
    account = make.account()
    with pytest.raises(RuntimeError, match="transaction"), transaction.atomic():
        call(account)


@pytest.mark.django_db(transaction=True)
def test_a_release_that_fails_does_not_hide_the_answer(caplog: pytest.LogCaptureFixture):
    account = make.account()
    with quota.slot(account, GROUP, lane=Lane.FORM, username="pm", wait_s=1):
        Account.objects.filter(pk=account.pk).delete()
    assert "could not be released" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_goes_on_when_the_lease_of_a_dead_process_ends():
    account = make.account()
    quota_limits.change_limits(account, limits={GROUP: 1}, actor=make.user("admin"))
    with override_settings(PLATFORM_TOTAL_TIMEOUT_S=0.5 - quota_slots.MARGIN_S):
        quota_slots.lease(account, GROUP, lane=Lane.FORM)
        call(account, wait_s=60)
    assert held() == 0
