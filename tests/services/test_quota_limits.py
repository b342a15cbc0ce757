import pytest

from console.models import Account, AuditEntry, Lane, Quota, QuotaSlot, User
from console.services import quota_limits, quota_slots
from console.services.errors import RulesBrokenError
from tests import make
from tests.services.at_once import at_once
from tests.services.quota_rows import GROUP, a_second_of_rest, end, leases, let_pass, made


@pytest.fixture
def account(db: None) -> Account:
    return make.account()


@pytest.fixture
def admin(db: None) -> User:
    return make.user("admin")


def change(account: Account, admin: User, limit: int) -> None:
    quota_limits.change_limits(account, limits={GROUP: limit}, actor=admin)


def test_rows_are_made_once_however_many_need_them(transactional_db: None):
    account = make.account()
    at_once(*[lambda: quota_limits.ensure(account, GROUP)] * 8)
    assert Quota.objects.get().per_second == 10
    assert sorted(QuotaSlot.objects.values_list("number", flat=True)) == list(range(10))
    assert quota_limits.ensure(account, GROUP) is False


def test_a_group_that_no_operation_has_is_a_bug(account: Account):
    with pytest.raises(KeyError):
        quota_limits.ensure(account, "Nothing")


def test_more_can_be_leased_after_a_rise_and_less_after_a_fall(account: Account, admin: User):
    made(account)
    change(account, admin, 12)
    assert len(leases(account, Lane.FORM)) == 12
    QuotaSlot.objects.update(holder="", free_at=0)
    change(account, admin, 3)
    assert len(leases(account, Lane.FORM)) == 3


def test_up_and_down_again_frees_no_slot_early(account: Account, admin: User):
    with a_second_of_rest():
        made(account)
        for lease in leases(account, Lane.FORM):
            end(account, lease)
        let_pass(0.2)
        change(account, admin, 5)
        change(account, admin, 10)
        again = leases(account, Lane.FORM)
    assert len(again) == 10
    assert all(lease.wait_s > 0 for lease in again)


def test_a_limit_can_be_entered_before_the_first_use(account: Account, admin: User):
    change(account, admin, 4)
    assert quota_limits.limits_of(account)[GROUP] == 4
    assert quota_limits.limits_of(account)["CreateProduct"] == 50
    assert len(leases(account, Lane.FORM)) == 4


def test_a_new_limit_ends_a_cut(account: Account, admin: User):
    made(account)
    lease = quota_slots.lease(account, GROUP, lane=Lane.FORM)
    assert lease
    end(account, lease, throttled=True)
    change(account, admin, 20)
    assert len(leases(account, Lane.FORM)) == 20


def test_the_trail_tells_what_changed_and_nothing_else(account: Account, admin: User):
    quota_limits.change_limits(account, limits={GROUP: 20, "CreateProduct": 50}, actor=admin)
    entry = AuditEntry.objects.get(action="account.quota")
    assert (entry.actor, entry.outcome, entry.target_name) == (admin, "done", account.slug)
    assert '"parameters":{"CreateOTAModule":"10 → 20 a second"}' in entry.record
    quota_limits.change_limits(account, limits={GROUP: 20}, actor=admin)
    assert AuditEntry.objects.filter(action="account.quota").count() == 1


@pytest.mark.parametrize(("group", "limit"), [(GROUP, 0), (GROUP, -1), (GROUP, 1001), ("Nothing", 5)])
def test_what_cannot_be_a_limit_changes_nothing(account: Account, admin: User, group: str, limit: int):
    with pytest.raises(RulesBrokenError):
        quota_limits.change_limits(account, limits={"CreateProduct": 9, group: limit}, actor=admin)
    assert not Quota.objects.exists()
    assert make.trail(action="account.quota") == []
