import pytest

from console.models import Account, Lane
from console.services import quota_slots
from console.services.quota_paces import expected_wait_s, paces_of
from tests import make
from tests.services.quota_rows import GROUP, REST_S, a_second_of_rest, end, leases, let_pass, made


@pytest.fixture
def account(db: None) -> Account:
    return make.account()


def test_what_was_never_used_is_free_at_once(account: Account):
    assert expected_wait_s(account, GROUP, lane=Lane.FORM) == 0
    assert {pace.group: pace.per_second for pace in paces_of(account)}["CreateProduct"] == 50


def test_only_what_the_platform_offers_has_a_pace(db: None):
    groups = [pace.group for pace in paces_of(make.account(platform="tuya"))]
    assert "CreateOTAModule" in groups
    assert "CreateProduct" not in groups


def test_the_wait_is_that_of_the_lane(account: Account):
    made(account)
    with a_second_of_rest():
        for lease in leases(account, Lane.SYNC):
            end(account, lease)
        assert expected_wait_s(account, GROUP, lane=Lane.FORM) == 0
        assert 0 < expected_wait_s(account, GROUP, lane=Lane.SYNC) <= REST_S


def test_where_all_is_held_the_wait_is_for_the_first_answer(account: Account):
    made(account)
    with a_second_of_rest():
        leases(account, Lane.FORM)
        assert 0 < expected_wait_s(account, GROUP, lane=Lane.FORM) <= REST_S
        let_pass(5)
        assert expected_wait_s(account, GROUP, lane=Lane.FORM) == 0


def test_a_pace_tells_what_is_held_and_what_throttling_left(account: Account):
    made(account)
    taken = [quota_slots.lease(account, GROUP, lane=Lane.SYNC) for _ in range(3)]
    assert taken[0]
    end(account, taken[0], throttled=True)
    pace = next(pace for pace in paces_of(account) if pace.group == GROUP)
    assert (pace.per_second, pace.allowed, pace.in_use, pace.is_cut) == (10, 5, 2, True)
