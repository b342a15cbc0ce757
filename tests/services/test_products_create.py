from uuid import uuid4

import pytest

from console.models import Account, OperationState, Product, User
from console.sandbox.server import Sandbox
from console.services import products
from console.services.errors import FormReusedError, RulesBrokenError
from tests import make


def test_a_created_product_is_on_the_platform_and_in_the_cache(alibaba: Account, pm: User, sandbox: Sandbox):
    operation = products.create(account=alibaba, spec=make.product_spec(), form_token=uuid4(), actor=pm)
    assert operation.state == OperationState.DONE
    product = Product.objects.get()
    assert (product.product_name, product.created_by) == ("Light_Living", pm)
    assert product.product_key in str(sandbox.control.state())
    assert make.trail(action="product.create") == [("product.create", "requested"), ("product.create", "done")]


def test_one_form_sent_twice_makes_one_call(alibaba: Account, pm: User, sandbox: Sandbox):
    token = uuid4()
    first = products.create(account=alibaba, spec=make.product_spec(), form_token=token, actor=pm)
    second = products.create(account=alibaba, spec=make.product_spec(), form_token=token, actor=pm)
    assert first == second
    assert len([call for call in sandbox.control.calls() if call["action"] == "CreateProduct"]) == 1


def test_a_used_form_with_other_content_is_not_sent(alibaba: Account, pm: User):
    token = uuid4()
    products.create(account=alibaba, spec=make.product_spec(), form_token=token, actor=pm)
    with pytest.raises(FormReusedError):
        products.create(account=alibaba, spec=make.product_spec("Other_Name"), form_token=token, actor=pm)
    assert Product.objects.count() == 1


def test_a_broken_rule_sends_nothing(alibaba: Account, pm: User, sandbox: Sandbox):
    with pytest.raises(RulesBrokenError) as caught:
        products.create(account=alibaba, spec=make.product_spec("😀"), form_token=uuid4(), actor=pm)
    assert caught.value.findings[0].field == "product_name"
    assert sandbox.control.calls() == []
    assert make.operations() == []


def test_the_secret_is_sealed_and_opens_at_its_own_place_only(alibaba: Account, pm: User, sandbox: Sandbox):
    product = make.created_product(alibaba, pm)
    assert product.sealed_product_secret
    assert "ProductSecret" not in product.sealed_product_secret
