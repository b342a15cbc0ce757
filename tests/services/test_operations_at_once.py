"""Several people at the same moment; the same on SQLite and on PostgreSQL."""

from functools import partial
from uuid import UUID, uuid4

import pytest

from console.models import Account, Module, Operation, OperationState, Product, User
from console.sandbox.server import Sandbox
from console.services import modules, products, syncs
from console.services.errors import FormReusedError, RulesBrokenError, UnderWayError
from console.services.roles import Role
from tests import make
from tests.services.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product(transactional_db: None, alibaba: Account, pm: User, sandbox: Sandbox) -> Product:
    product = make.created_product(alibaba, pm)
    sandbox.control.clear_calls()
    return product


def create(product: Product, actor: User, name: str = "barcodeScanner", token: UUID | None = None) -> Operation:
    spec = make.module_spec(product, name)
    return modules.create(product=product, spec=spec, form_token=token or uuid4(), actor=actor)


def actions(sandbox: Sandbox) -> list[str]:
    return [call["action"] for call in sandbox.control.calls()]


def test_of_two_people_who_create_the_same_module_one_does(product: Product, pm: User, sandbox: Sandbox):
    colleague = make.user("colleague", Role.PRODUCT_MANAGER)
    sandbox.control.add_fault("delay", "CreateOTAModule", seconds=0.5)
    done, stopped = sorted(
        at_once(partial(create, product, pm), partial(create, product, colleague)),
        key=lambda result: isinstance(result, Exception),
    )
    assert done.state == OperationState.DONE
    assert isinstance(stopped, UnderWayError)
    assert stopped.problem.changed == "Nothing was sent to the platform."
    assert done.actor.username in stopped.problem.title
    assert actions(sandbox) == ["CreateOTAModule"]
    assert Module.objects.get().created_by == done.actor


def test_whoever_comes_a_moment_later_hears_that_the_name_is_taken(product: Product, pm: User, sandbox: Sandbox):
    results = at_once(*[partial(create, product, pm, name) for name in ("Scanner", "scanner", "SCANNER", "sCanner")])
    done = [result for result in results if isinstance(result, Operation)]
    assert [operation.state for operation in done] == [OperationState.DONE]
    stopped = [result for result in results if result not in done]
    assert {type(error) for error in stopped} <= {UnderWayError, RulesBrokenError}
    assert actions(sandbox) == ["CreateOTAModule"]


def test_one_form_from_eight_tabs_is_one_call_and_one_operation(product: Product, pm: User, sandbox: Sandbox):
    token = uuid4()
    results = at_once(*[partial(create, product, pm, token=token) for _ in range(8)])
    assert {result.pk for result in results} == {Operation.objects.get(action="module.create").pk}
    assert actions(sandbox) == ["CreateOTAModule"]
    assert make.trail(action="module.create") == [("module.create", "requested"), ("module.create", "done")]


def test_one_product_form_from_eight_tabs_is_one_product(transactional_db: None, alibaba: Account, pm: User):
    job = partial(products.create, account=alibaba, spec=make.product_spec(), form_token=uuid4(), actor=pm)
    results = at_once(*[job] * 8)
    assert len({result.pk for result in results}) == 1
    assert Product.objects.count() == 1


def test_one_form_for_two_accounts_counts_for_one(alibaba: Account, pm: User, sandbox: Sandbox):
    other = make.account(slug="other", endpoint=sandbox.url)
    token, spec = uuid4(), make.product_spec()
    results = at_once(
        *[
            partial(products.create, account=account, spec=spec, form_token=token, actor=pm)
            for account in (alibaba, other)
        ]
    )
    assert {type(result) for result in results} == {Operation, FormReusedError}
    assert actions(sandbox) == ["CreateProduct"]


def test_of_ten_people_at_nine_of_ten_modules_one_passes(product: Product, pm: User, sandbox: Sandbox):
    for number in range(9):
        assert create(product, pm, f"module{number}").state == OperationState.DONE
    sandbox.control.clear_calls()
    results = at_once(*[partial(create, product, pm, f"last{number}") for number in range(10)])
    passed = [result for result in results if isinstance(result, Operation)]
    assert [operation.state for operation in passed] == [OperationState.DONE]
    refused = [result for result in results if isinstance(result, RulesBrokenError)]
    assert {error.findings[0].rule for error in refused} == {"alibaba.module.count"}
    assert len(refused) == 9
    assert actions(sandbox) == ["CreateOTAModule"]


def test_of_eight_people_who_register_one_product_all_see_it(tuya: Account, pm: User, sandbox: Sandbox):
    key = sandbox.control.create_tuya_product("Ble_lamp")["product_key"]
    sandbox.control.create_module(key, "ble")
    results = at_once(*[partial(products.register, account=tuya, product_key=key, actor=pm)] * 8)
    assert results == [Product.objects.get(product_key=key)] * 8
    assert Module.objects.get(product__product_key=key).module_name == "ble"


def test_a_create_and_the_syncs_that_see_it_come_to_the_same_row(alibaba: Account, pm: User, sandbox: Sandbox):
    for number in range(5):
        spec = make.product_spec(f"Product_{number}")
        job = partial(products.create, account=alibaba, spec=spec, form_token=uuid4(), actor=pm)
        run = syncs.start(account=alibaba, actor=pm)
        operation, *_ = at_once(job, *[partial(syncs.step, run.pk)] * 3)
        assert operation.state == OperationState.DONE
        assert operation.product.product_name == f"Product_{number}"
