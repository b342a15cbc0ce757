from uuid import uuid4

import pytest

from console.models import Account, Module, Operation, OperationState, User
from console.sandbox.server import Sandbox
from console.services import modules
from console.services.errors import RulesBrokenError
from tests import make


@pytest.fixture
def module(alibaba: Account, pm: User, sandbox: Sandbox) -> Module:
    product = make.created_product(alibaba, pm)
    modules.create(product=product, spec=make.module_spec(product, "ble"), form_token=uuid4(), actor=pm)
    sandbox.control.clear_calls()
    return Module.objects.get()


def delete(module: Module, actor: User) -> Operation:
    return modules.delete(module=module, form_token=uuid4(), actor=actor)


def test_a_deleted_module_is_gone_from_the_platform_and_marked_here(module: Module, pm: User, sandbox: Sandbox):
    assert delete(module, pm).state == OperationState.DONE
    assert sandbox.control.state()["products"][0]["modules"] == []
    assert Module.objects.get().vanished_at
    assert make.trail(action="module.delete") == [("module.delete", "requested"), ("module.delete", "done")]


@pytest.mark.parametrize("name", ["default", "Default"])
def test_the_default_module_is_never_deleted(module: Module, pm: User, sandbox: Sandbox, name: str):
    default = make.cached_module(module.product, name)
    with pytest.raises(RulesBrokenError, match="whole device and cannot be deleted"):
        delete(default, pm)
    assert sandbox.control.calls() == []
    assert make.trail(action="module.delete") == [("module.delete", "refused")]


def test_a_module_is_deleted_once(module: Module, pm: User, sandbox: Sandbox):
    delete(module, pm)
    module.refresh_from_db()
    with pytest.raises(RulesBrokenError, match="gone from the platform already"):
        delete(module, pm)
    assert len(sandbox.control.calls()) == 1


def test_a_module_that_is_in_use_stays(module: Module, pm: User, sandbox: Sandbox):
    sandbox.control.change_module(module.product.product_key, "ble", firmware_count=1)
    operation = delete(module, pm)
    assert (operation.state, operation.code) == ("refused", "iot.ota.sandbox.ModuleHasFirmware")
    assert Module.objects.get().vanished_at is None


def test_a_lost_answer_marks_nothing_as_gone(module: Module, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "DeleteOTAModule")
    assert delete(module, pm).state == OperationState.UNKNOWN
    assert Module.objects.get().vanished_at is None
