from uuid import uuid4

import pytest

from console.models import Account, Module, Operation, OperationState, User
from console.sandbox.server import Sandbox
from console.services import modules
from console.services.errors import RulesBrokenError, UnderWayError
from tests import make


@pytest.fixture
def module(alibaba: Account, pm: User, sandbox: Sandbox) -> Module:
    product = make.created_product(alibaba, pm)
    spec = make.module_spec(product, "ble", alias_name="Radio", desc="First")
    modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm)
    sandbox.control.clear_calls()
    return Module.objects.get()


def edit(module: Module, actor: User, alias: str = "", desc: str = "") -> Operation:
    return modules.update(module=module, alias_name=alias, desc=desc, form_token=uuid4(), actor=actor)


def test_alias_and_description_change_on_the_platform_and_in_the_cache(module: Module, pm: User, sandbox: Sandbox):
    assert edit(module, pm, "Wireless", "Second").state == OperationState.DONE
    remote = sandbox.control.state()["products"][0]["modules"][0]
    module.refresh_from_db()
    assert (remote["alias_name"], remote["desc"]) == (module.alias_name, module.desc) == ("Wireless", "Second")
    assert make.trail(action="module.update") == [("module.update", "requested"), ("module.update", "done")]


def test_what_is_left_empty_stays(module: Module, pm: User, sandbox: Sandbox):
    edit(module, pm, desc="Second")
    remote = sandbox.control.state()["products"][0]["modules"][0]
    module.refresh_from_db()
    assert (remote["alias_name"], remote["desc"]) == (module.alias_name, module.desc) == ("Radio", "Second")


def test_what_breaks_a_rule_is_not_sent(module: Module, pm: User, sandbox: Sandbox):
    with pytest.raises(RulesBrokenError):
        edit(module, pm, alias="x" * 65, desc="d" * 101)
    assert sandbox.control.calls() == []


def test_a_module_that_is_gone_is_not_edited(module: Module, pm: User, sandbox: Sandbox):
    module.vanished_at = module.verified_at
    with pytest.raises(RulesBrokenError, match="gone from the platform"):
        edit(module, pm, desc="Second")
    assert sandbox.control.calls() == []


def test_a_module_deleted_behind_our_back_is_a_refusal(module: Module, pm: User, sandbox: Sandbox):
    sandbox.control.delete_module(module.product.product_key, "ble")
    operation = edit(module, pm, desc="Second")
    assert (operation.state, operation.code) == ("refused", "iot.ota.sandbox.ModuleNotFound")
    assert Module.objects.get().desc == "First"


def test_a_lost_answer_leaves_the_cache_as_it_was(module: Module, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "UpdateOTAModule")
    assert edit(module, pm, desc="Second").state == OperationState.UNKNOWN
    assert Module.objects.get().desc == "First"
    with pytest.raises(UnderWayError):
        edit(module, pm, desc="Third")
    assert make.trail(action="module.update")[-1] == ("module.update", "refused")
