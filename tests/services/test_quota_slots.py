import pytest
from django.conf import settings
from django.db.models import F

from console.models import Account, Lane, Quota, QuotaSlot
from console.services import quota_limits, quota_slots
from console.services.quota_paces import paces_of
from tests import make
from tests.services.at_once import at_once
from tests.services.quota_rows import GROUP, REST_S, a_second_of_rest, end, held, leases, let_pass, made

LEASE_S = settings.PLATFORM_TOTAL_TIMEOUT_S + quota_slots.MARGIN_S


@pytest.fixture
def account(db: None) -> Account:
    account = make.account()
    made(account)
    return account


def one(account: Account) -> quota_slots.Lease:
    lease = quota_slots.lease(account, GROUP, lane=Lane.FORM)
    assert lease
    return lease


def allowed(account: Account) -> int:
    return next(pace.allowed for pace in paces_of(account) if pace.group == GROUP)


def cut(account: Account) -> None:
    end(account, one(account), throttled=True)


@pytest.mark.parametrize(
    ("limit", "sync", "reconcile", "form"),
    [(1, 1, 1, 1), (2, 1, 2, 2), (5, 4, 5, 5), (10, 8, 9, 10), (50, 40, 45, 50)],
)
def test_each_lane_leaves_slots_for_those_before_it(account: Account, limit: int, sync: int, reconcile: int, form: int):
    quota_limits.change_limits(account, limits={GROUP: limit}, actor=make.user("admin"))
    assert len(leases(account, Lane.SYNC)) == sync
    assert len(leases(account, Lane.RECONCILE)) == reconcile - sync
    assert len(leases(account, Lane.FORM)) == form - reconcile


def test_a_form_takes_first_what_others_may_not(account: Account):
    one(account), one(account)
    assert len(leases(account, Lane.SYNC)) == 8


def test_while_nobody_waits_a_slot_can_be_leased_again_at_once(account: Account):
    quota_limits.change_limits(account, limits={GROUP: 1}, actor=make.user("admin"))
    with a_second_of_rest():
        end(account, one(account))
        assert 0.9 < one(account).wait_s <= REST_S


def test_while_somebody_waits_it_cannot_be_leased_by_who_just_released_it(account: Account):
    with a_second_of_rest():
        for lease in leases(account, Lane.FORM):
            end(account, lease)
        assert quota_slots.lease(account, GROUP, lane=Lane.FORM) is None
        QuotaSlot.objects.update(free_at=F("free_at") - 0.2)
        again = leases(account, Lane.FORM)
    assert len(again) == 10
    assert all(0 < lease.wait_s <= REST_S for lease in again)
    in_turn = QuotaSlot.objects.order_by("free_at").values_list("id", flat=True)
    assert [lease.slot_id for lease in again] == list(in_turn)


def test_many_at_once_never_get_the_same_slot(transactional_db: None):
    account = make.account()
    made(account)
    taken = at_once(*[lambda: leases(account, Lane.FORM)] * 6)
    assert len({lease.slot_id for of_one in taken for lease in of_one}) == 10
    assert sum(len(of_one) for of_one in taken) == 10


def test_the_lease_of_a_dead_process_runs_out_and_the_slot_rests(account: Account):
    with a_second_of_rest():
        leases(account, Lane.FORM)
        let_pass(LEASE_S - 0.5)
        assert leases(account, Lane.FORM) == []
        let_pass(1)
        returned = leases(account, Lane.FORM)
    assert len(returned) == 10
    assert all(0 < lease.wait_s < 0.6 for lease in returned)


def test_who_comes_back_after_the_lease_ended_frees_nothing_of_its_successor(account: Account):
    quota_limits.change_limits(account, limits={GROUP: 1}, actor=make.user("admin"))
    late = one(account)
    let_pass(LEASE_S + 2)
    one(account)
    end(account, late)
    quota_slots.give_back(late)
    assert held() == 1


def test_times_of_a_clock_that_began_anew_hold_nothing_up(account: Account):
    with a_second_of_rest():
        leases(account, Lane.FORM)
        QuotaSlot.objects.filter(number__lt=5).update(holder="", lease_until=0)
        Quota.objects.update(allowed=5)
        let_pass(-100_000)
        taken = leases(account, Lane.FORM)
    assert len(taken) == 10
    assert all(lease.wait_s < REST_S + 0.1 for lease in taken)


def test_throttling_takes_half_of_the_slots_away(account: Account):
    cut(account)
    assert allowed(account) == 5
    assert len(leases(account, Lane.FORM)) == 5


def test_calls_that_were_under_way_together_cut_once(account: Account):
    together = [one(account), one(account)]
    for lease in together:
        end(account, lease, throttled=True)
    assert allowed(account) == 5


def test_what_was_leased_within_two_seconds_of_a_cut_does_not_cut_again(account: Account):
    cut(account)
    let_pass(1.5)
    cut(account)
    assert allowed(account) == 5
    let_pass(1)
    cut(account)
    assert allowed(account) == 2


def test_one_slot_always_stays(account: Account):
    for _ in range(5):
        cut(account)
        let_pass(2.5)
    assert allowed(account) == 1


def test_every_ten_seconds_a_slot_comes_back_up_to_what_was_refused(account: Account):
    cut(account)
    paces = []
    for _ in range(12):
        paces.append(allowed(account))
        let_pass(10)
    assert paces == [5, 6, 7, 8, 9, 9, 10, 10, 10, 10, 10, 10]


def test_a_low_level_that_was_refused_is_tried_again_after_a_minute_only(account: Account):
    cut(account)
    let_pass(10)
    assert allowed(account) == 6
    cut(account)
    paces = []
    for _ in range(12):
        paces.append(allowed(account))
        let_pass(10)
    assert paces == [3, 4, 5, 5, 5, 5, 6, 7, 8, 9, 10, 10]
