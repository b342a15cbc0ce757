from uuid import uuid4

import pytest

from console.models import Account, AuditEntry, Module, Product, User
from console.sandbox.server import Sandbox
from console.services import modules, products, slots
from console.services.errors import ReadFailedError
from tests import make
from tests.platforms.wire_server import WireServer, answer


@pytest.fixture
def product(alibaba: Account, pm: User, sandbox: Sandbox) -> Product:
    product = make.created_product(alibaba, pm)
    sandbox.control.create_module(product.product_key, "ble")
    products.refresh(product=product, actor=pm)
    sandbox.control.clear_calls()
    return product


def refreshed(product: Product, actor: User) -> Product:
    products.refresh(product=product, actor=actor)
    return Product.objects.get(pk=product.pk)


def outcomes() -> list[str]:
    return [outcome for _, outcome in make.trail(action="product.refresh")][1:]


def test_what_changed_behind_our_back_is_shown(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.change_product(product.product_key, product_name="Renamed", device_count=3)
    sandbox.control.change_module(product.product_key, "ble", alias_name="Radio")
    sandbox.control.create_module(product.product_key, "mcu")
    seen = refreshed(product, pm)
    assert (seen.product_name, seen.device_count, seen.verified_by) == ("Renamed", 3, "refresh")
    names = Module.objects.order_by("module_name").values_list("module_name", "alias_name", "vanished_at")
    assert list(names) == [("ble", "Radio", None), ("mcu", "", None)]
    assert seen.created_by == pm
    assert Module.objects.get(module_name="mcu").created_by is None
    assert outcomes() == ["done"]


def test_a_module_that_two_readings_do_not_show_is_gone_and_kept(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.delete_module(product.product_key, "ble")
    assert refreshed(product, pm).vanished_at is None
    assert Module.objects.get().missing_since
    assert Module.objects.get().vanished_at is None
    refreshed(product, pm)
    assert Module.objects.get().vanished_at
    assert slots.slots_of([product])[product.pk].used == 0


def test_a_product_that_is_gone_is_marked_with_its_modules(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    assert products.refresh(product=product, actor=pm).vanished_at
    assert refreshed(product, pm).vanished_at
    assert Module.objects.get().vanished_at
    assert outcomes() == ["refused", "refused"]
    assert "iot.prod.NotExistedProduct" in AuditEntry.objects.order_by("-id")[0].record


def test_the_first_time_that_it_was_seen_gone_is_kept(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    first = refreshed(product, pm).vanished_at
    assert refreshed(product, pm).vanished_at == first


def test_a_gone_product_that_cannot_be_read_is_not_called_gone_once_more(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    gone = products.refresh(product=product, actor=pm)
    sandbox.control.add_fault("drop_before", "QueryProduct")
    with pytest.raises(ReadFailedError):
        products.refresh(product=gone, actor=pm)
    assert outcomes() == ["refused", "unreadable"]


def test_a_product_that_appears_again_is_no_longer_gone(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    refreshed(product, pm)
    sandbox.control.create_product("Light_Living", product_key=product.product_key)
    sandbox.control.create_module(product.product_key, "BLE")
    seen = refreshed(product, pm)
    module = Module.objects.get()
    assert (seen.vanished_at, module.vanished_at, module.module_name) == (None, None, "BLE")


@pytest.mark.parametrize("operation", ["QueryProduct", "ListOTAModuleByProduct"])
@pytest.mark.parametrize("kind", ["error_before", "not_json", "truncate", "drop_before", "system_exception_before"])
def test_a_read_without_a_usable_answer_changes_nothing(
    product: Product, pm: User, sandbox: Sandbox, kind: str, operation: str
):
    before = Product.objects.values().get()
    sandbox.control.add_fault(kind, operation)
    with pytest.raises(ReadFailedError) as caught:
        products.refresh(product=product, actor=pm)
    problem = caught.value.problem
    assert (problem.changed, problem.status) == ("Reading changes nothing on the platform.", 502)
    assert Product.objects.values().get() == before
    assert Module.objects.get().vanished_at is None
    assert outcomes() == ["unreadable"]


def test_throttling_is_a_refusal_and_marks_nothing_as_gone(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("throttle", "QueryProduct")
    with pytest.raises(ReadFailedError) as caught:
        products.refresh(product=product, actor=pm)
    assert caught.value.problem.code == "Throttling.User"
    assert refreshed(product, pm).vanished_at is None
    assert outcomes() == ["refused", "done"]


def test_a_platform_that_cannot_be_reached_is_said_so(product: Product, pm: User, sandbox: Sandbox):
    product.account.endpoint = "http://127.0.0.1:9"
    with pytest.raises(ReadFailedError) as caught:
        products.refresh(product=product, actor=pm)
    assert (caught.value.problem.changed, caught.value.problem.status) == ("Nothing was sent to the platform.", 503)
    assert outcomes() == ["not_sent"]


def test_an_account_that_cannot_be_used_is_said_so(product: Product, pm: User, sandbox: Sandbox):
    product.account.sealed_access_key_secret = "garbage"
    with pytest.raises(ReadFailedError, match="could not be sent") as caught:
        products.refresh(product=product, actor=pm)
    assert "does not open" in caught.value.problem.message
    assert "administrator" in caught.value.problem.next
    assert sandbox.control.calls() == []


def test_more_than_the_documents_allow_is_cut_to_what_can_be_stored(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.change_product(product.product_key, product_name="灯" * 500, description="d" * 900, node_type=2**40)
    sandbox.control.change_module(product.product_key, "ble", alias_name="a" * 900, desc="d" * 900)
    seen = refreshed(product, pm)
    assert (seen.product_name, len(seen.description), seen.node_type) == ("灯" * 128, 400, None)
    assert len(Module.objects.get().alias_name) == 256


def test_an_unknown_create_that_the_platform_shows_fills_one_slot(alibaba: Account, pm: User, sandbox: Sandbox):
    product = make.created_product(alibaba, pm)
    sandbox.control.add_fault("drop_after", operation="CreateOTAModule")
    modules.create(product=product, spec=make.module_spec(product, "Cellular"), form_token=uuid4(), actor=pm)
    assert slots.slots_of([product])[product.pk] == slots.Slots(used=0, unsettled=1)
    products.refresh(product=product, actor=pm)
    assert slots.slots_of([product])[product.pk] == slots.Slots(used=1, unsettled=0)


def test_an_answer_that_tells_of_another_product_is_not_believed(pm: User):
    other = b'{"RequestId":"R-1","Success":true,"Data":{"ProductKey":"a1OTHER0000","ProductName":"Other"}}'
    with WireServer(answer(other)) as server:
        product = make.cached_product(make.account(endpoint=server.url), "Mine")
        with pytest.raises(ReadFailedError, match="no usable answer"):
            products.refresh(product=product, actor=pm)
    assert Product.objects.get().product_name == "Mine"
    assert make.trail(action="product.refresh") == [("product.refresh", "unreadable")]
