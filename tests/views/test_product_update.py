from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from console.models import Account, Operation, Product, User
from console.sandbox.server import Sandbox
from tests import make


def url(product: Product) -> str:
    return f"/products/{product.pk}/edit/"


def form(name: str = "Light_Kitchen", description: str = "") -> dict[str, str]:
    return {"form_token": str(uuid4()), "product_name": name, "description": description}


@pytest.fixture
def product(alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


def test_the_form_shows_what_is_there(as_pm: Client, product: Product):
    page = as_pm.get(url(product)).content.decode()
    assert page.count("<h1") == 1
    assert 'value="Light_Living"' in page


def test_a_product_is_renamed_on_the_platform_and_here(as_pm: Client, product: Product, sandbox: Sandbox):
    response = as_pm.post(url(product), form(description="In the kitchen"))
    assert (response.status_code, response["Location"]) == (303, f"/products/{product.pk}/")
    product.refresh_from_db()
    assert (product.product_name, product.description) == ("Light_Kitchen", "In the kitchen")
    assert [shown["product_name"] for shown in sandbox.control.state()["products"]] == ["Light_Kitchen"]
    assert make.trail(action="product.update") == [("product.update", "requested"), ("product.update", "done")]


@pytest.mark.parametrize("name", ["", "abc", "😀😀😀😀", "x" * 500])
def test_a_name_that_no_rule_allows_is_not_sent(as_pm: Client, product: Product, name: str):
    response = as_pm.post(url(product), form(name))
    assert response.status_code == 422
    assert 'id="id_product_name_error"' in response.content.decode()
    assert Operation.objects.filter(action="product.update").count() == 0


def test_a_product_deleted_behind_our_back_is_refused(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    response = as_pm.post(url(product), form())
    assert response.status_code == 409
    assert "Nothing was changed on the platform." in response.content.decode()
    assert 'value="Light_Kitchen"' in response.content.decode()
    assert make.trail(action="product.update")[-1] == ("product.update", "refused")


def test_a_lost_answer_leads_to_its_operation(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", operation="UpdateProduct")
    response = as_pm.post(url(product), form())
    operation = Operation.objects.get(action="product.update")
    assert operation.state == "unknown"
    assert response["Location"] == f"/operations/{operation.pk}/"


def test_the_form_says_at_once_that_an_edit_is_not_settled(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", operation="UpdateProduct")
    as_pm.post(url(product), form())
    page = as_pm.get(url(product)).content.decode()
    assert "“Light_Kitchen” is not settled." in page
    assert f"/operations/{Operation.objects.get(action='product.update').pk}/" in page


def test_a_name_of_another_product_is_taken(as_pm: Client, pm: User, product: Product):
    make.created_product(product.account, pm, "Light_Kitchen")
    response = as_pm.post(url(product), form("Light_Kitchen"))
    assert response.status_code == 422
    assert "exists in this account already" in response.content.decode()


def test_tuya_products_cannot_be_edited(as_pm: Client, tuya: Account):
    response = as_pm.get(url(make.cached_product(tuya)))
    assert response.status_code == 409
    assert "API cannot change products" in response.content.decode()


def test_a_gone_product_cannot_be_edited(as_pm: Client, alibaba: Account, sandbox: Sandbox):
    gone = make.cached_product(alibaba, vanished_at=timezone.now())
    assert as_pm.post(url(gone), form()).status_code == 409
    assert sandbox.control.calls() == []


def test_an_empty_form_is_a_form_again(as_pm: Client, product: Product):
    assert as_pm.post(url(product)).status_code == 422


def test_htmx_gets_the_form_only(as_pm: Client, product: Product):
    response = as_pm.post(url(product), form(""), headers=make.HTMX)
    assert response.status_code == 422
    assert "<html" not in response.content.decode()


def test_an_unknown_product_is_not_found(as_pm: Client):
    assert as_pm.get(f"/products/{uuid4()}/edit/").status_code == 404


def test_a_viewer_may_not(as_viewer: Client, product: Product):
    assert as_viewer.post(url(product), form()).status_code == 403
    assert make.trail(action="product.update") == [("product.update", "denied")]


def test_nobody_edits_without_signing_in(client: Client, product: Product):
    assert client.post(url(product), form()).status_code == 302
    assert make.trail(action="product.update") == []


def test_other_methods_are_not_taken(as_pm: Client, product: Product):
    assert as_pm.put(url(product)).status_code == 405
