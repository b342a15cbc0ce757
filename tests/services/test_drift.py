"""What a reading finds beside what the console did."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.models import Account, AuditEntry, DriftItem, DriftState, Module, Operation, Product, SyncRun, User
from console.sandbox.server import Sandbox
from console.services import audit, drift, modules, products, syncs
from tests import make

LATER = timedelta(minutes=3)


def sync(account: Account) -> SyncRun:
    run = syncs.start(account=account, actor=None)
    while syncs.step(run.pk):
        pass
    run.refresh_from_db()
    return run


def items() -> list[tuple[str, str]]:
    found = DriftItem.objects.select_related("product", "module")
    return sorted((item.kind, str(item.module or item.product)) for item in found)


@pytest.fixture
def key(alibaba: Account, sandbox: Sandbox) -> str:
    """A product with one module that was made outside and is known since a complete sync."""
    key = sandbox.control.create_product("Light_Living", description="a lamp")["product_key"]
    sandbox.control.create_module(key, "ble", alias_name="Radio")
    sync(alibaba)
    return str(key)


def test_the_first_sync_is_where_drift_is_measured_from(alibaba: Account, key: str):
    assert items() == []
    assert sync(alibaba).products_read == 1
    assert items() == []


def test_a_product_that_is_new_is_found_and_its_modules_with_it(alibaba: Account, key: str, sandbox: Sandbox):
    new = sandbox.control.create_product("Lamp_2")["product_key"]
    sandbox.control.create_module(new, "wifi")
    run = sync(alibaba)
    assert items() == [("new", "Lamp_2")]
    item = DriftItem.objects.get()
    assert (item.sync, item.state, item.before, item.after["product_name"]) == (run, "open", {}, "Lamp_2")
    entry = AuditEntry.objects.get(action="drift.new")
    assert (entry.actor, entry.outcome, entry.target_id) == (None, "drift", str(item.product.pk))
    assert audit.details_of(entry).parameters["after product_name"] == "Lamp_2"


def test_an_account_that_was_never_read_to_its_end_has_nothing_new(alibaba: Account, sandbox: Sandbox):
    sandbox.control.create_product("Lamp_1")
    sandbox.control.add_fault("error_before", "ListOTAModuleByProduct")
    assert sync(alibaba).state == "failed"
    sandbox.control.create_product("Lamp_2")
    assert sync(alibaba).state == "complete"
    assert items() == []


def test_what_changed_is_told_with_before_and_after(alibaba: Account, key: str, sandbox: Sandbox):
    sandbox.control.change_product(key, product_name="Light_Hall", description="", device_count=7)
    sync(alibaba)
    item = DriftItem.objects.get()
    assert (item.kind, item.module) == ("changed", None)
    assert item.before == {"product_name": "Light_Living", "description": "a lamp"}
    assert item.after == {"product_name": "Light_Hall", "description": ""}
    told = audit.details_of(AuditEntry.objects.get(action="drift.changed")).parameters
    assert (told["before product_name"], told["after product_name"]) == ("Light_Living", "Light_Hall")


def test_a_number_of_devices_is_no_drift(alibaba: Account, key: str, sandbox: Sandbox):
    sandbox.control.change_product(key, device_count=7)
    sync(alibaba)
    assert items() == []
    assert Product.objects.get().device_count == 7


def test_what_only_a_full_answer_tells_is_no_drift_when_it_is_told_first(alibaba: Account, key: str, pm: User):
    assert Product.objects.get().aliyun_commodity_code == ""
    products.refresh(product=Product.objects.get(), actor=pm)
    assert Product.objects.get().aliyun_commodity_code
    assert items() == []


def test_a_person_who_refreshes_finds_drift_too(alibaba: Account, key: str, pm: User, sandbox: Sandbox):
    sandbox.control.change_product(key, product_status="RELEASE_STATUS")
    products.refresh(product=Product.objects.get(), actor=pm)
    sandbox.control.change_product(key, product_status="DEVELOPMENT_STATUS")
    sandbox.control.change_module(key, "ble", desc="of the lamp")
    products.refresh(product=Product.objects.get(), actor=pm)
    assert items() == [("changed", "Light_Living"), ("changed", "ble")]
    assert DriftItem.objects.filter(sync=None).count() == 2


def test_a_module_that_is_new_is_found_once_its_product_was_read(alibaba: Account, key: str, sandbox: Sandbox):
    sandbox.control.create_module(key, "mcu")
    sync(alibaba)
    assert items() == [("new", "mcu")]
    assert DriftItem.objects.get().product == Product.objects.get()


def test_gone_needs_two_lists_without_it(alibaba: Account, key: str, sandbox: Sandbox):
    sandbox.control.delete_module(key, "ble")
    sync(alibaba)
    assert items() == []
    sync(alibaba)
    assert items() == [("gone", "ble")]
    item = DriftItem.objects.get()
    assert (item.before, item.after) == ({"module_name": "ble", "alias_name": "Radio"}, {})


def test_a_product_that_is_gone_is_one_item_and_not_one_for_each_module(alibaba: Account, key: str, sandbox: Sandbox):
    sandbox.control.delete_product(key)
    sync(alibaba)
    assert items() == []
    sync(alibaba)
    assert items() == [("gone", "Light_Living")]
    assert Module.objects.get().vanished_at


def test_the_platforms_own_word_is_proof_at_once_and_told_once(alibaba: Account, key: str, pm: User, sandbox: Sandbox):
    sandbox.control.delete_product(key)
    for _ in range(2):
        products.refresh(product=Product.objects.get(), actor=pm)
    assert items() == [("gone", "Light_Living")]
    assert make.trail(action="drift.gone") == [("drift.gone", "drift")]


def test_what_was_gone_and_is_back_is_new(alibaba: Account, key: str, pm: User, sandbox: Sandbox):
    sandbox.control.delete_product(key)
    products.refresh(product=Product.objects.get(), actor=pm)
    sandbox.control.create_product("Light_Living", product_key=key)
    sandbox.control.create_module(key, "ble")
    sync(alibaba)
    assert items() == [("gone", "Light_Living"), ("new", "Light_Living")]
    assert Module.objects.get().vanished_at is None


def test_a_product_that_a_person_registers_is_no_drift(tuya: Account, pm: User, sandbox: Sandbox):
    sync(tuya)
    key = sandbox.control.create_tuya_product("Ble_lamp")["product_key"]
    sandbox.control.create_module(key, "ble")
    products.register(account=tuya, product_key=key, actor=pm)
    sync(tuya)
    assert items() == []


def test_more_of_the_same_extends_the_item_that_is_open(alibaba: Account, key: str, sandbox: Sandbox):
    for name in ("Light_Hall", "Light_Attic"):
        sandbox.control.change_product(key, product_name=name)
        sync(alibaba)
    item = DriftItem.objects.get()
    assert (item.before, item.after) == ({"product_name": "Light_Living"}, {"product_name": "Light_Attic"})
    assert len(make.trail(action="drift.changed")) == 2


def test_a_change_to_something_new_extends_its_item(alibaba: Account, key: str, sandbox: Sandbox):
    sandbox.control.create_module(key, "mcu")
    sync(alibaba)
    sandbox.control.change_module(key, "mcu", alias_name="Controller")
    sync(alibaba)
    assert items() == [("new", "mcu")]
    assert DriftItem.objects.get().after == {"module_name": "mcu", "alias_name": "Controller"}


def test_a_change_that_was_taken_back_needs_nobody(alibaba: Account, key: str, sandbox: Sandbox):
    for name in ("Light_Hall", "Light_Living"):
        sandbox.control.change_product(key, product_name=name)
        sync(alibaba)
    item = DriftItem.objects.get()
    assert (item.state, item.reason, item.settled_by) == (DriftState.IGNORED, drift.AS_BEFORE, None)


def test_a_change_after_a_settled_one_is_an_item_of_its_own(alibaba: Account, key: str, sandbox: Sandbox):
    sandbox.control.change_product(key, product_name="Light_Hall")
    sync(alibaba)
    DriftItem.objects.update(state=DriftState.ACCEPTED)
    sandbox.control.change_product(key, product_name="Light_Attic")
    sync(alibaba)
    assert DriftItem.objects.get(state=DriftState.OPEN).before == {"product_name": "Light_Hall"}


def test_the_modules_of_other_products_and_accounts_are_left_alone(alibaba: Account, key: str, sandbox: Sandbox):
    elsewhere = make.cached_module(make.cached_product(make.account(slug="elsewhere")))
    sync(alibaba)
    elsewhere.refresh_from_db()
    assert (elsewhere.missing_since, items()) == (None, [])


@pytest.fixture
def ours(alibaba: Account, key: str, pm: User) -> Product:
    """A product of the console's own, with a module."""
    product = make.created_product(alibaba, pm, "Ours")
    products.refresh(product=product, actor=pm)
    create(product, pm, "wifi")
    return product


def create(product: Product, actor: User, name: str) -> Operation:
    spec = make.module_spec(product, name, alias_name="Wireless")
    return modules.create(product=product, spec=spec, form_token=uuid4(), actor=actor)


def test_what_the_console_did_is_no_drift(alibaba: Account, ours: Product, pm: User):
    sync(alibaba)
    module = Module.objects.get(module_name="wifi")
    modules.update(module=module, alias_name="W-LAN", desc="new", form_token=uuid4(), actor=pm)
    products.update(product=ours, product_name="Ours_2", description="d", form_token=uuid4(), actor=pm)
    sync(alibaba)
    modules.delete(module=module, form_token=uuid4(), actor=pm)
    for _ in range(3):
        sync(alibaba)
    with time_machine.travel(timezone.now() + LATER):
        sync(alibaba)
    assert items() == []
    assert Product.objects.get(pk=ours.pk).product_name == "Ours_2"


def test_what_others_do_shortly_after_us_is_drift(alibaba: Account, ours: Product, sandbox: Sandbox):
    sandbox.control.change_module(ours.product_key, "wifi", alias_name="Theirs")
    sync(alibaba)
    assert items() == [("changed", "wifi")]
    assert DriftItem.objects.get().before == {"alias_name": "Wireless"}


def test_a_list_that_shows_what_our_edit_replaced_is_late(alibaba: Account, ours: Product, pm: User, sandbox: Sandbox):
    products.update(product=ours, product_name="Ours_2", description="", form_token=uuid4(), actor=pm)
    sandbox.control.change_product(ours.product_key, product_name="Ours")
    sync(alibaba)
    assert Product.objects.get(pk=ours.pk).product_name == "Ours_2"
    with time_machine.travel(timezone.now() + LATER):
        sync(alibaba)
    assert items() == [("changed", "Ours")]


def test_a_list_without_what_we_have_just_made_is_late(alibaba: Account, ours: Product, sandbox: Sandbox):
    sandbox.control.delete_module(ours.product_key, "wifi")
    sync(alibaba)
    assert Module.objects.get(module_name="wifi").missing_since is None
    for _ in range(2):
        with time_machine.travel(timezone.now() + LATER):
            sync(alibaba)
    assert items() == [("gone", "wifi")]


def test_a_list_with_what_we_have_just_deleted_is_late(alibaba: Account, ours: Product, pm: User, sandbox: Sandbox):
    module = Module.objects.get(module_name="wifi")
    modules.delete(module=module, form_token=uuid4(), actor=pm)
    sandbox.control.create_module(ours.product_key, "wifi")
    sync(alibaba)
    module.refresh_from_db()
    assert module.vanished_at
    with time_machine.travel(timezone.now() + LATER):
        sync(alibaba)
    assert items() == [("new", "wifi")]


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_while_an_answer_is_lost_nothing_of_that_name_is_drift(
    alibaba: Account, ours: Product, pm: User, sandbox: Sandbox, fault: str
):
    sync(alibaba)
    sandbox.control.add_fault(fault, "CreateOTAModule")
    assert create(ours, pm, "Lost").state == "unknown"
    with time_machine.travel(timezone.now() + LATER):
        sync(alibaba)
    assert items() == []


def test_what_the_platform_refused_is_not_ours(alibaba: Account, ours: Product, pm: User, sandbox: Sandbox):
    sandbox.control.create_module(ours.product_key, "mcu")
    assert create(ours, pm, "mcu").state == "refused"
    sync(alibaba)
    assert items() == [("new", "mcu")]


def test_the_operations_of_an_account_are_asked_for_once_and_only_when_something_differs(
    alibaba: Account, key: str, sandbox: Sandbox
):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            sync(alibaba)
        return sum('FROM "console_operation"' in query["sql"] for query in captured)

    assert asked() == 0
    for number in range(3):
        sandbox.control.create_module(key, f"module{number}")
    assert asked() == 1
