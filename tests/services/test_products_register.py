import pytest

from console.models import Account, Module, Product, User
from console.sandbox.server import Sandbox
from console.services import products
from console.services.errors import ReadFailedError, RulesBrokenError
from console.services.roles import Role
from tests import make


@pytest.fixture
def key(sandbox: Sandbox) -> str:
    key = sandbox.control.create_tuya_product("Ble_lamp")["product_key"]
    sandbox.control.create_module(key, "ble")
    return str(key)


def test_a_product_of_the_vendors_console_is_registered_with_its_modules(tuya: Account, pm: User, key: str):
    product = products.register(account=tuya, product_key=key, actor=pm)
    assert (product.product_name, product.product_key, product.created_by) == ("Ble_lamp", key, pm)
    assert Module.objects.get().module_name == "ble"
    assert make.trail(action="product.register") == [("product.register", "done")]


def test_registering_twice_is_harmless_and_keeps_who_was_first(tuya: Account, pm: User, key: str):
    first = products.register(account=tuya, product_key=key, actor=pm)
    colleague = make.user("colleague", Role.PRODUCT_MANAGER)
    assert products.register(account=tuya, product_key=key, actor=colleague) == first
    assert Product.objects.get().created_by == pm


def test_a_key_that_the_platform_does_not_know_is_not_registered(tuya: Account, pm: User, sandbox: Sandbox):
    with pytest.raises(ReadFailedError) as caught:
        products.register(account=tuya, product_key="nosuchkey1", actor=pm)
    problem = caught.value.problem
    assert problem.code
    assert problem.changed == "Nothing was changed on the platform."
    assert not Product.objects.exists()
    assert make.trail(action="product.register") == [("product.register", "refused")]


@pytest.mark.parametrize("rubbish", ["", "😀", "x" * 500])
def test_a_key_that_cannot_be_one_is_not_asked_for(tuya: Account, pm: User, sandbox: Sandbox, rubbish: str):
    with pytest.raises(RulesBrokenError) as caught:
        products.register(account=tuya, product_key=rubbish, actor=pm)
    assert caught.value.findings[0].field == "product_key"
    assert sandbox.control.calls() == []
    assert make.trail(action="product.register") == [("product.register", "refused")]


@pytest.mark.parametrize(
    ("kind", "operation"), [("not_json", "QueryProduct"), ("drop_before", "ListOTAModuleByProduct")]
)
def test_a_product_that_was_read_in_part_is_not_registered(
    tuya: Account, pm: User, sandbox: Sandbox, key: str, kind: str, operation: str
):
    sandbox.control.add_fault(kind, operation)
    with pytest.raises(ReadFailedError):
        products.register(account=tuya, product_key=key, actor=pm)
    assert not Product.objects.exists()
    assert make.trail(action="product.register") == [("product.register", "unreadable")]


def test_one_key_in_two_accounts_is_two_products(tuya: Account, pm: User, sandbox: Sandbox, key: str):
    other = make.account(platform="tuya", slug="other", endpoint=sandbox.tuya_url)
    products.register(account=tuya, product_key=key, actor=pm)
    products.register(account=other, product_key=key, actor=pm)
    assert Product.objects.filter(product_key=key).count() == 2
