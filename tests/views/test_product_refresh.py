from uuid import uuid4

import pytest
from django.test import Client

from console.models import Account, Product, User
from console.sandbox.server import Sandbox
from tests import make


def url(product: Product) -> str:
    return f"/products/{product.pk}/refresh/"


@pytest.fixture
def product(alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


def test_what_changed_elsewhere_is_seen(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.change_product(product.product_key, product_name="Light_Renamed")
    sandbox.control.create_module(product.product_key, "ble")
    response = as_pm.post(url(product))
    assert (response.status_code, response["Location"]) == (303, f"/products/{product.pk}/")
    product.refresh_from_db()
    assert product.product_name == "Light_Renamed"
    assert product.modules.filter(module_name="ble").exists()
    assert make.trail(action="product.refresh") == [("product.refresh", "done")]


def test_a_product_that_is_gone_is_marked_and_said(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    response = as_pm.post(url(product), follow=True)
    product.refresh_from_db()
    assert product.vanished_at
    assert "is gone from the platform; it is marked so here" in response.content.decode()


@pytest.mark.parametrize("fault", ["drop_before", "error_before", "not_json"])
def test_no_answer_is_said_and_changes_nothing(as_pm: Client, product: Product, sandbox: Sandbox, fault: str):
    sandbox.control.add_fault(fault, operation="QueryProduct")
    response = as_pm.post(url(product))
    assert response.status_code == 502
    assert "Reading changes nothing on the platform." in response.content.decode()
    before = product.verified_at
    product.refresh_from_db()
    assert (product.verified_at, product.vanished_at) == (before, None)
    assert make.trail(action="product.refresh") == [("product.refresh", "unreadable")]


def test_htmx_gets_the_problem_only(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.add_fault("drop_before", operation="QueryProduct")
    response = as_pm.post(url(product), headers=make.HTMX)
    assert "<html" not in response.content.decode()
    assert 'class="problem' in response.content.decode()


def test_a_wrong_key_is_a_refusal(as_pm: Client, sandbox: Sandbox):
    product = make.cached_product(make.account(endpoint=sandbox.url, secret="wrong-secret"))
    response = as_pm.post(url(product))
    assert response.status_code == 409
    assert "SignatureDoesNotMatch" in response.content.decode()


def test_an_unknown_product_is_not_found(as_pm: Client):
    assert as_pm.post(f"/products/{uuid4()}/refresh/").status_code == 404


def test_a_viewer_may_not(as_viewer: Client, product: Product):
    assert as_viewer.post(url(product)).status_code == 403
    assert make.trail(action="product.refresh") == [("product.refresh", "denied")]


def test_nobody_refreshes_without_signing_in(client: Client, product: Product):
    assert client.post(url(product)).status_code == 302


def test_a_refresh_is_a_post(as_pm: Client, product: Product):
    assert as_pm.get(url(product)).status_code == 405
