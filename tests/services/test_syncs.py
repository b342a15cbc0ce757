from uuid import uuid4

import pytest
from django.utils import timezone

from console.models import Account, Category, Module, Product, SyncRun, SyncState, User
from console.platforms.client import PlatformClient
from console.sandbox.server import Sandbox
from console.services import modules, products, syncs
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


def test_a_page_that_fails_marks_nothing_as_gone(alibaba: Account, sandbox: Sandbox):
    keys = fill(sandbox, 5)
    sync(alibaba)
    sandbox.control.delete_product(keys[0])
    run = syncs.start(account=alibaba, actor=None)
    with_fault = SecondPage(sandbox)
    assert not with_fault.step(run)
    run.refresh_from_db()
    assert (run.state, run.pages_read, gone()) == (SyncState.FAILED, 1, set())
    assert run.problem
    assert make.trail(action="account.sync")[-1] == ("account.sync", "unreadable")


class SecondPage:
    """Lets the second page of a sync fail: the fault is set once the first one was answered."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def step(self, run: SyncRun) -> bool:
        syncs_step_s, syncs.STEP_S = syncs.STEP_S, 0.0
        syncs.STEP_S = syncs_step_s
        return True
