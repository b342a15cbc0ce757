import pytest
from django.template import Context, Template
from django.urls import reverse

from console.models import Account, OperationState, User
from tests import make
from tests.views.ledger_rows import operation


def rendered(thing: object) -> str:
    return Template("{% load ledger %}{% unsettled_on thing %}").render(Context({"thing": thing})).strip()


@pytest.mark.parametrize("state", [OperationState.SENT, OperationState.UNKNOWN, OperationState.RETRYABLE])
def test_what_is_open_on_a_module_is_said_and_linked(alibaba: Account, pm: User, state: OperationState):
    module = make.cached_module(make.cached_product(alibaba), "ble")
    lost = operation(module.product, pm, "ble", state, module=module, action="module.update")
    shown = rendered(module)
    assert "“ble” is not settled." in shown
    assert f"asked by {pm}" in shown
    assert f": {state.label.lower()}." in shown
    assert reverse("operation-detail", args=[lost.pk]) in shown


def test_what_is_settled_is_not_spoken_of(alibaba: Account, pm: User):
    module = make.cached_module(make.cached_product(alibaba), "ble")
    operation(module.product, pm, "ble", OperationState.ABANDONED, module=module, action="module.update")
    assert rendered(module) == ""


def test_a_product_is_not_held_up_by_its_modules(alibaba: Account, pm: User):
    product = make.cached_product(alibaba)
    operation(product, pm, "ble", OperationState.UNKNOWN)
    assert rendered(product) == ""
    operation(product, pm, "Light", OperationState.UNKNOWN, action="product.update")
    assert "“Light” is not settled." in rendered(product)
