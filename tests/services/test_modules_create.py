from uuid import UUID, uuid4

import pytest

from console.models import Account, Module, Operation, OperationState, Product, User
from console.sandbox.server import Sandbox
from console.services import modules, products, slots
from console.services.errors import FormReusedError, RulesBrokenError
from console.services.roles import Role
from tests import make


@pytest.fixture
def product(alibaba: Account, pm: User, sandbox: Sandbox) -> Product:
    product = make.created_product(alibaba, pm)
    sandbox.control.clear_calls()
    return product


def create(product: Product, actor: User, name: str = "barcodeScanner", token: UUID | None = None) -> Operation:
    spec = make.module_spec(product, name, alias_name="Scanner-1", desc="Reads codes")
    return modules.create(product=product, spec=spec, form_token=token or uuid4(), actor=actor)


def rules_against(product: Product, actor: User, name: str) -> list[str]:
    with pytest.raises(RulesBrokenError) as caught:
        create(product, actor, name)
    assert caught.value.problem.changed == "Nothing was sent to the platform."
    return [finding.rule for finding in caught.value.findings]


def test_a_module_is_on_the_platform_and_in_the_cache(product: Product, pm: User, sandbox: Sandbox):
    operation = create(product, pm)
    module = Module.objects.get()
    assert (operation.state, operation.module) == (OperationState.DONE, module)
    assert (module.alias_name, module.desc, module.created_by) == ("Scanner-1", "Reads codes", pm)
    assert sandbox.control.state()["products"][0]["modules"][0]["module_name"] == "barcodeScanner"
    assert make.trail(action="module.create") == [("module.create", "requested"), ("module.create", "done")]


def test_it_works_the_same_on_tuya(tuya: Account, pm: User, sandbox: Sandbox):
    key = sandbox.control.create_tuya_product("Ble_lamp")["product_key"]
    product = products.register(account=tuya, product_key=key, actor=pm)
    assert create(product, pm, "ble").state == OperationState.DONE
    assert Module.objects.get(product=product).module_name == "ble"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "alibaba.module_name.length"),
        ("x" * 65, "alibaba.module_name.length"),
        ("default", "alibaba.module_name.reserved"),
        ("DEFAULT", "alibaba.module_name.reserved"),
    ],
)
def test_a_name_that_no_platform_takes_is_not_sent(product: Product, pm: User, sandbox: Sandbox, name: str, rule: str):
    assert rules_against(product, pm, name) == [rule]
    assert sandbox.control.calls() == []
    assert make.trail(action="module.create") == [("module.create", "refused")]


@pytest.mark.parametrize("name", ["😀", "灯", "a b", "a/b", "nul\0"])
def test_characters_that_no_platform_takes_are_not_sent(product: Product, pm: User, sandbox: Sandbox, name: str):
    assert all(rule.startswith("alibaba.module_name") for rule in rules_against(product, pm, name))
    assert sandbox.control.calls() == []


def test_scanner_beside_scanner_is_not_sent_and_the_clash_is_named(product: Product, pm: User, sandbox: Sandbox):
    create(product, pm, "Scanner")
    sandbox.control.clear_calls()
    with pytest.raises(RulesBrokenError, match="“Scanner”, and upper and lower case count as the same"):
        create(product, pm, "scanner")
    assert sandbox.control.calls() == []


def test_an_eleventh_module_is_not_sent(product: Product, pm: User, sandbox: Sandbox):
    for number in range(10):
        create(product, pm, f"module{number}")
    sandbox.control.clear_calls()
    assert rules_against(product, pm, "one-more") == ["alibaba.module.count"]
    assert sandbox.control.calls() == []


def test_modules_that_are_gone_and_the_default_one_do_not_count(product: Product, pm: User, sandbox: Sandbox):
    make.cached_module(product, "default")
    for number in range(10):
        make.cached_module(product, f"gone{number}", vanished_at=product.verified_at)
    assert create(product, pm).state == OperationState.DONE
    assert slots.slots_of([product])[product.pk].used == 1


def test_a_product_that_is_gone_takes_no_module(product: Product, pm: User, sandbox: Sandbox):
    product.vanished_at = product.verified_at
    assert rules_against(product, pm, "ble") == ["console.gone"]
    assert sandbox.control.calls() == []


def test_the_form_of_another_person_does_not_count(product: Product, pm: User, sandbox: Sandbox):
    token = uuid4()
    create(product, pm, token=token)
    colleague = make.user("colleague", Role.PRODUCT_MANAGER)
    with pytest.raises(FormReusedError) as caught:
        create(product, colleague, token=token)
    assert caught.value.problem.changed == "Nothing was sent to the platform."
    assert len(sandbox.control.calls()) == 1


def test_a_form_that_was_answered_stays_answered(product: Product, pm: User, sandbox: Sandbox):
    token = uuid4()
    first = create(product, pm, token=token)
    sandbox.control.delete_module(product.product_key, "barcodeScanner")
    assert create(product, pm, token=token) == first
    assert len(sandbox.control.calls()) == 1


def test_a_refused_form_stays_refused_until_it_is_a_new_one(product: Product, pm: User, sandbox: Sandbox):
    token = uuid4()
    sandbox.control.add_fault("throttle", "CreateOTAModule", times=3)
    assert create(product, pm, token=token).state == OperationState.REFUSED
    assert create(product, pm, token=token).state == OperationState.REFUSED
    assert create(product, pm).state == OperationState.DONE


def test_a_name_that_was_deleted_can_be_made_again_and_its_maker_is_the_new_one(
    product: Product, pm: User, sandbox: Sandbox
):
    create(product, pm)
    modules.delete(module=Module.objects.get(), form_token=uuid4(), actor=pm)
    colleague = make.user("colleague", Role.PRODUCT_MANAGER)
    assert create(product, colleague).state == OperationState.DONE
    module = Module.objects.get()
    assert (module.vanished_at, module.created_by) == (None, colleague)
