import pytest
from django_q.models import OrmQ

from console.models import Account, Category, Module, Product, SyncRun, SyncState, User
from console.sandbox.server import Sandbox
from console.services import syncs
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


def test_what_is_gone_is_marked_and_comes_back(alibaba: Account, sandbox: Sandbox):
    keys = fill(sandbox, 3)
    sync(alibaba)
    sandbox.control.delete_product(keys[1])
    sync(alibaba)
    assert gone() == {keys[1]}
    assert Product.objects.count() == 3


def begin(account: Account) -> SyncRun:
    """A sync that has read its first page of two products and nothing else."""
    run = syncs.start(account=account, actor=None)
    assert syncs.step(run.pk, page_size=2, budget_s=0)
    return run


def end(run: SyncRun) -> None:
    while syncs.step(run.pk, page_size=2):
        pass
    run.refresh_from_db()


def test_a_page_that_fails_marks_nothing_as_gone(alibaba: Account, sandbox: Sandbox):
    keys = fill(sandbox, 5)
    sync(alibaba)
    sandbox.control.delete_product(keys[0])
    run = begin(alibaba)
    sandbox.control.add_fault("error_before", "QueryProductList")
    end(run)
    assert (run.state, run.pages_read, gone()) == (SyncState.FAILED, 1, set())
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
    assert (run.state, gone()) == (SyncState.INCOMPLETE, {keys[0]})
    assert "not marked as gone" in run.problem


def test_a_list_that_ends_before_its_total_marks_nothing_as_gone(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 5)
    sync(alibaba)
    run = begin(alibaba)
    SyncRun.objects.filter(pk=run.pk).update(next_page=9)
    end(run)
    assert (run.state, run.products_read, gone()) == (SyncState.INCOMPLETE, 2, set())
    assert "before its total" in run.problem


def test_a_product_created_in_the_console_meanwhile_is_not_gone(alibaba: Account, sandbox: Sandbox, pm: User):
    keys = fill(sandbox, 3)
    run = begin(alibaba)
    created = make.created_product(alibaba, pm, "Meanwhile_1")
    sandbox.control.delete_product(keys[0])
    end(run)
    created.refresh_from_db()
    assert created.vanished_at is None


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
    with syncs.client_for(alibaba) as client, pytest.raises(syncs.OvertakenError):
        syncs._read_page(seen_by_the_slow_one, client, 2)
    end(run)
    assert (run.state, run.pages_read, run.products_read) == (SyncState.COMPLETE, 3, 5)


def test_throttled_reads_wait_and_go_on(alibaba: Account, sandbox: Sandbox):
    fill(sandbox, 2)
    sandbox.control.add_fault("throttle", "QueryProductList", times=2)
    sandbox.control.add_fault("throttle", "ListOTAModuleByProduct")
    assert sync(alibaba).state == SyncState.COMPLETE


def test_modules_that_are_gone_are_marked(alibaba: Account, sandbox: Sandbox):
    key = fill(sandbox, 1)[0]
    sandbox.control.create_module(key, "wifi")
    sandbox.control.create_module(key, "ble")
    sync(alibaba)
    sandbox.control.delete_module(key, "wifi")
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


def test_a_platform_that_cannot_be_reached_fails_the_sync(db: None):
    assert sync(make.account()).state == SyncState.FAILED


def test_other_accounts_are_left_alone(alibaba: Account, sandbox: Sandbox):
    elsewhere = make.cached_product(make.account(slug="elsewhere"))
    sync(alibaba)
    elsewhere.refresh_from_db()
    assert elsewhere.vanished_at is None


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
