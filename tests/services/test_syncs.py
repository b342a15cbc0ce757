from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from console.models import Account, Category, Circuit, Module, Product, SyncRun, SyncState, User
from console.sandbox.server import Sandbox
from console.services import sync_steps, syncs
from console.services.accounts import client_for
from console.services.sync_runs import OvertakenError
from console.tasks import sync_step
from tests import make


def sync(account: Account, *, page_size: int = 2) -> SyncRun:
    run = syncs.start(account=account, actor=None)
    while syncs.step(run.pk, page_size=page_size):
        pass
    run.refresh_from_db()
    return run


def fill(sandbox: Sandbox, count: int) -> list[str]:
    """The keys of new products on the platform, in the order of its list: the newest first."""
    made = [sandbox.control.create_product(f"Product_{number}") for number in range(count)]
    return [product["product_key"] for product in reversed(made)]


def gone() -> set[str]:
    return set(Product.objects.exclude(vanished_at=None).values_list("product_key", flat=True))


def test_all_pages_and_all_modules_are_read(alibaba: Account, sandbox: Sandbox):
    keys = fill(sandbox, 5)
    sandbox.control.create_module(keys[0], "wifi")
    sandbox.control.create_module(keys[4], "ble")
    run = sync(alibaba)
    assert (run.state, run.pages_read, run.products_read, run.products_total) == (SyncState.COMPLETE, 3, 5, 5)
    assert (run.products_done, run.modules_read) == (5, 2)
    assert set(Product.objects.values_list("product_key", flat=True)) == set(keys)
    assert set(Module.objects.values_list("module_name", flat=True)) == {"wifi", "ble"}
    assert make.trail(action="account.sync") == [("account.sync", "requested"), ("account.sync", "done")]


def test_an_account_without_products_is_read_to_its_end(alibaba: Account):
    assert sync(alibaba).state == SyncState.COMPLETE


def test_tuya_is_read_in_its_own_dialect(tuya: Account, sandbox: Sandbox):
    key = sandbox.control.create_tuya_product("Ble_lamp")["product_key"]
    sandbox.control.create_module(key, "ble")
    assert sync(tuya).state == SyncState.COMPLETE
    assert Module.objects.get().product.product_key == key


def test_a_complete_sync_brings_the_categories(alibaba: Account):
    sync(alibaba)
    assert Category.objects.filter(account=alibaba).exists()


def missing() -> set[str]:
    return set(Product.objects.exclude(missing_since=None).values_list("product_key", flat=True))


def test_the_first_sync_that_does_not_show_a_product_calls_it_missing_the_second_one_gone(
    alibaba: Account, sandbox: Sandbox
):
    keys = fill(sandbox, 3)
    sync(alibaba)
    sandbox.control.delete_product(keys[1])
    first = sync(alibaba)
    assert (missing(), gone()) == ({keys[1]}, set())
    assert Product.objects.get(product_key=keys[1]).missing_since == first.started_at
    sync(alibaba)
    assert (missing(), gone()) == (set(), {keys[1]})
    assert Product.objects.count() == 3


def test_a_product_that_is_shown_again_was_not_missing(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 1)
    sync(alibaba)
    Product.objects.update(missing_since=timezone.now())
    sync(alibaba)
    assert (missing(), gone()) == (set(), set())


def test_a_sync_that_is_not_complete_neither_counts_nor_forgets(alibaba: Account, sandbox: Sandbox):
    keys = fill(sandbox, 3)
    sync(alibaba)
    sandbox.control.delete_product(keys[0])
    sync(alibaba)
    sandbox.control.add_fault("error_before", "QueryProductList")
    assert sync(alibaba).state == SyncState.FAILED
    assert (missing(), gone()) == ({keys[0]}, set())
    sync(alibaba)
    assert gone() == {keys[0]}


def begin(account: Account) -> SyncRun:
    """A sync that has read its first page of two products and nothing else."""
    run = syncs.start(account=account, actor=None)
    assert syncs.step(run.pk, page_size=2, budget_s=0)
    return run


def end(run: SyncRun) -> None:
    while syncs.step(run.pk, page_size=2):
        pass
    run.refresh_from_db()


def test_a_page_that_fails_marks_nothing_as_missing(alibaba: Account, sandbox: Sandbox):
    keys = fill(sandbox, 5)
    sync(alibaba)
    sandbox.control.delete_product(keys[0])
    run = begin(alibaba)
    sandbox.control.add_fault("error_before", "QueryProductList")
    end(run)
    assert (run.state, run.pages_read, missing()) == (SyncState.FAILED, 1, set())
    assert run.problem
    assert make.trail(action="account.sync")[-1] == ("account.sync", "unreadable")


@pytest.mark.parametrize("kind", ["drop_before", "not_json", "truncate"])
def test_an_answer_that_cannot_be_read_fails_the_sync(alibaba: Account, sandbox: Sandbox, kind: str):
    fill(sandbox, 1)
    sandbox.control.add_fault(kind, "QueryProductList")
    assert sync(alibaba).state == SyncState.FAILED


def test_in_a_list_that_changes_meanwhile_only_a_refusal_proves_that_something_is_gone(
    alibaba: Account, sandbox: Sandbox
):
    keys = fill(sandbox, 5)
    sync(alibaba)
    run = begin(alibaba)
    sandbox.control.delete_product(keys[0])
    end(run)
    # The third one moved to the page that was read before; for the first one the platform itself said so.
    assert (run.state, gone(), missing()) == (SyncState.INCOMPLETE, {keys[0]}, set())
    assert run.problem == sync_steps.LIST_CHANGED


def test_a_list_that_ends_before_its_total_marks_nothing_as_missing(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 5)
    sync(alibaba)
    run = begin(alibaba)
    SyncRun.objects.filter(pk=run.pk).update(next_page=9)
    end(run)
    assert (run.state, run.products_read, missing()) == (SyncState.INCOMPLETE, 2, set())
    assert run.problem == sync_steps.LIST_ENDED


def test_a_product_created_in_the_console_meanwhile_is_not_gone(alibaba: Account, sandbox: Sandbox, pm: User):
    keys = fill(sandbox, 3)
    run = begin(alibaba)
    created = make.created_product(alibaba, pm, "Meanwhile_1")
    sandbox.control.delete_product(keys[0])
    end(run)
    created.refresh_from_db()
    assert (created.missing_since, created.vanished_at) == (None, None)


def test_a_step_that_comes_twice_counts_once(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 3)
    run = sync(alibaba)
    assert not syncs.step(run.pk)
    run.refresh_from_db()
    assert (run.pages_read, run.products_read) == (2, 3)
    assert len(make.trail(action="account.sync")) == 2


def test_of_two_workers_at_one_page_one_counts_it(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 5)
    run = begin(alibaba)
    seen_by_the_slow_one = SyncRun.objects.select_related("account").get(pk=run.pk)
    assert syncs.step(run.pk, page_size=2, budget_s=0)
    with client_for(alibaba) as client, pytest.raises(OvertakenError):
        sync_steps._read_page(seen_by_the_slow_one, client, 2)
    end(run)
    assert (run.state, run.pages_read, run.products_read) == (SyncState.COMPLETE, 3, 5)


def test_throttled_reads_wait_and_go_on(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 2)
    sandbox.control.add_fault("throttle", "QueryProductList", times=2)
    sandbox.control.add_fault("throttle", "ListOTAModuleByProduct")
    assert sync(alibaba).state == SyncState.COMPLETE


def test_modules_are_gone_after_two_lists_without_them(alibaba: Account, sandbox: Sandbox):
    key = fill(sandbox, 1)[0]
    sandbox.control.create_module(key, "wifi")
    sandbox.control.create_module(key, "ble")
    sync(alibaba)
    sandbox.control.delete_module(key, "wifi")
    sync(alibaba)
    assert Module.objects.filter(vanished_at=None).count() == 2
    assert Module.objects.exclude(missing_since=None).get().module_name == "wifi"
    sync(alibaba)
    assert Module.objects.get(vanished_at=None).module_name == "ble"
    assert Module.objects.exclude(vanished_at=None).get().module_name == "wifi"


def test_a_product_deleted_between_its_page_and_its_modules_is_gone(alibaba: Account, sandbox: Sandbox):
    keys = fill(sandbox, 2)
    run = begin(alibaba)
    sandbox.control.delete_product(keys[0])
    end(run)
    assert (run.state, gone()) == (SyncState.COMPLETE, {keys[0]})


def test_a_wrong_key_fails_in_the_platforms_words(sandbox: Sandbox, db: None):
    run = sync(make.account(endpoint=sandbox.url, secret="wrong"))
    assert run.state == SyncState.FAILED
    assert "ignature" in run.problem


def test_a_platform_that_cannot_be_reached_is_asked_again_later(db: None):
    run = sync(make.account())
    assert (run.state, run.problem) == (SyncState.RUNNING, "")


def test_a_platform_that_cannot_be_reached_for_long_fails_the_sync_and_says_why(db: None):
    run = sync(make.account())
    make.idle(run, seconds=sync_steps.ABANDONED_AFTER_S + 1)
    end(run)
    assert run.state == SyncState.FAILED
    assert "refused" in run.problem
    assert make.trail(action="account.sync") == [("account.sync", "requested"), ("account.sync", "unreadable")]


def test_too_many_calls_do_not_fail_a_sync(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 1)
    sandbox.control.add_fault("throttle", "QueryProductList", times=sync_steps.READ_ATTEMPTS)
    run = sync(alibaba)
    assert run.state == SyncState.RUNNING
    end(run)
    assert run.state == SyncState.COMPLETE


def test_an_account_whose_key_does_not_open_fails_the_sync_at_once(alibaba: Account):
    Account.objects.update(sealed_access_key_secret="garbage")
    run = sync(alibaba)
    assert run.state == SyncState.FAILED
    assert "does not open" in run.problem


def test_other_accounts_are_left_alone(alibaba: Account, sandbox: Sandbox):
    elsewhere = make.cached_product(make.account(slug="elsewhere"))
    sync(alibaba)
    elsewhere.refresh_from_db()
    assert elsewhere.missing_since is None


def test_the_task_queues_the_next_step_until_the_end(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 1)
    run = syncs.start(account=alibaba, actor=None)
    sync_step(str(run.pk))
    run.refresh_from_db()
    assert run.state == SyncState.COMPLETE
    assert OrmQ.objects.count() == 1


def test_the_latest_of_each_account(alibaba: Account):
    sync(alibaba)
    newest = sync(alibaba)
    assert syncs.latest_of([alibaba, make.account(slug="never")]) == {alibaba.pk: newest}


def test_only_a_complete_sync_verifies_an_account(alibaba: Account, sandbox: Sandbox):
    complete = sync(alibaba)
    sandbox.control.add_fault("error_before", "QueryProductList")
    assert sync(alibaba).state == SyncState.FAILED
    assert syncs.verified_at_of([alibaba, make.account(slug="never")]) == {alibaba.pk: complete.started_at}


def test_one_whose_worker_died_is_taken_up_once_and_goes_on_where_it_was(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 5)
    run = begin(alibaba)
    assert syncs.take_up_stalled() == 0
    make.idle(run, seconds=syncs.STALLED_AFTER_S + 1)
    OrmQ.objects.all().delete()
    assert [syncs.take_up_stalled() for _ in range(3)] == [1, 0, 0]
    assert [queued.task["args"] for queued in OrmQ.objects.all()] == [(str(run.pk),)]
    sandbox.control.clear_calls()
    end(run)
    assert run.state == SyncState.COMPLETE
    lists = [call for call in sandbox.control.calls() if call["action"] == "QueryProductList"]
    assert len(lists) == 2


def test_one_that_stood_still_for_too_long_is_given_up(alibaba: Account, sandbox: Sandbox):
    run = begin(alibaba)
    make.idle(run, seconds=syncs.GIVEN_UP_AFTER_S + 1)
    assert syncs.take_up_stalled() == 0
    run.refresh_from_db()
    assert (run.state, run.problem) == (SyncState.FAILED, "Nothing moved it for so long that it was given up.")


def test_the_schedule_starts_one_for_every_account_in_nobodys_name(alibaba: Account, tuya: Account):
    syncs.start_all()
    syncs.start_all()
    assert {(run.account, run.started_by) for run in SyncRun.objects.all()} == {(alibaba, None), (tuya, None)}
    assert (SyncRun.objects.count(), OrmQ.objects.count()) == (2, 2)


def test_a_person_cancels_and_the_step_under_way_stores_nothing_more(alibaba: Account, sandbox: Sandbox, pm: User):
    fill(sandbox, 5)
    run = begin(alibaba)
    seen_by_the_step = SyncRun.objects.select_related("account").get(pk=run.pk)
    assert syncs.cancel(run, actor=pm)
    with client_for(alibaba) as client, pytest.raises(OvertakenError):
        sync_steps._read_page(seen_by_the_step, client, 2)
    assert not syncs.step(run.pk)
    run.refresh_from_db()
    assert (run.state, run.ended_by, run.products_read, missing()) == (SyncState.CANCELLED, pm, 2, set())
    assert make.trail(actor=pm) == [("account.sync", "abandoned")]


def test_one_that_has_ended_cannot_be_cancelled(alibaba: Account, pm: User):
    run = sync(alibaba)
    assert not syncs.cancel(run, actor=pm)
    run.refresh_from_db()
    assert (run.state, run.ended_by) == (SyncState.COMPLETE, None)


def test_after_a_cancelled_one_the_next_starts(alibaba: Account, pm: User):
    first = syncs.start(account=alibaba, actor=pm)
    syncs.cancel(first, actor=pm)
    assert syncs.start(account=alibaba, actor=pm) != first


def test_while_the_platform_is_out_of_reach_a_sync_waits_and_asks_nothing(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 3)
    run = begin(alibaba)
    now = timezone.now()
    circuit = Circuit.objects.create(account=alibaba, failures=5, opened_at=now, probe_at=now + timedelta(minutes=1))
    sandbox.control.clear_calls()
    end(run)
    assert (run.state, sandbox.control.calls()) == (SyncState.RUNNING, [])
    circuit.delete()
    end(run)
    assert run.state == SyncState.COMPLETE
