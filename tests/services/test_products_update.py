from uuid import UUID, uuid4

import pytest

from console.models import Account, Operation, OperationState, Product, User
from console.sandbox.server import Sandbox
from console.services import products
from console.services.errors import FormReusedError, RulesBrokenError, UnderWayError
from tests import make


@pytest.fixture
def product(alibaba: Account, pm: User, sandbox: Sandbox) -> Product:
    product = make.created_product(alibaba, pm)
    sandbox.control.clear_calls()
    return product


def edit(product: Product, actor: User, name: str = "Renamed", text: str = "", token: UUID | None = None) -> Operation:
    return products.update(
        product=product, product_name=name, description=text, form_token=token or uuid4(), actor=actor
    )


def on_platform(sandbox: Sandbox) -> tuple[str, str]:
    (product,) = sandbox.control.state()["products"]
    return product["product_name"], product["description"]


def test_name_and_description_change_on_the_platform_and_in_the_cache(product: Product, pm: User, sandbox: Sandbox):
    assert edit(product, pm, "Renamed", "For the kitchen").state == OperationState.DONE
    assert on_platform(sandbox) == ("Renamed", "For the kitchen")
    seen = Product.objects.get()
    assert (seen.product_name, seen.description, seen.verified_by) == ("Renamed", "For the kitchen", "edit product")
    assert make.trail(action="product.update") == [("product.update", "requested"), ("product.update", "done")]


def test_an_empty_description_leaves_the_one_there_is(product: Product, pm: User, sandbox: Sandbox):
    edit(product, pm, "Renamed", "For the kitchen")
    edit(product, pm, "Again")
    assert on_platform(sandbox) == ("Again", "For the kitchen")
    assert Product.objects.get().description == "For the kitchen"


def test_a_name_that_breaks_a_rule_is_not_sent(product: Product, pm: User, sandbox: Sandbox):
    with pytest.raises(RulesBrokenError):
        edit(product, pm, "😀")
    assert sandbox.control.calls() == []
    assert make.trail(action="product.update") == [("product.update", "refused")]


def test_tuya_has_no_such_operation_and_is_not_asked(tuya: Account, pm: User, sandbox: Sandbox):
    with pytest.raises(RulesBrokenError, match="Tuya"):
        edit(make.cached_product(tuya), pm)
    assert sandbox.control.calls() == []


def test_a_product_that_is_gone_is_a_refusal(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    operation = edit(product, pm)
    assert (operation.state, operation.code) == ("refused", "iot.prod.NotExistedProduct")
    assert Product.objects.get().product_name == "Light_Living"


def test_a_lost_answer_leaves_the_cache_as_it_was_and_the_product_busy(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "UpdateProduct")
    assert edit(product, pm).state == OperationState.UNKNOWN
    assert Product.objects.get().product_name == "Light_Living"
    with pytest.raises(UnderWayError):
        edit(product, pm, "Another")
    assert len(sandbox.control.calls()) == 1


def test_the_form_of_one_product_does_not_count_for_another(product: Product, alibaba: Account, pm: User):
    token = uuid4()
    other = make.created_product(alibaba, pm, "Other")
    edit(product, pm, token=token)
    with pytest.raises(FormReusedError):
        edit(other, pm, token=token)
