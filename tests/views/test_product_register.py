from uuid import uuid4

import pytest
from django.test import Client

from console.models import Account, Product
from console.sandbox.server import Sandbox
from tests import make

URL = "/products/register/"


def form(account: Account, key: str) -> dict[str, str]:
    return {"form_token": str(uuid4()), "account": account.slug, "product_key": key}


@pytest.fixture
def lamp(sandbox: Sandbox) -> str:
    key: str = sandbox.control.create_tuya_product("Ble_lamp")["product_key"]
    return key


def test_tuya_is_offered_first(as_pm: Client, alibaba: Account, tuya: Account):
    page = as_pm.get(URL).content.decode()
    assert page.count("<h1") == 1
    assert 0 < page.index(f'value="{tuya.slug}"') < page.index(f'value="{alibaba.slug}"')


def test_a_product_is_registered_by_its_key(as_pm: Client, tuya: Account, lamp: str):
    response = as_pm.post(URL, form(tuya, lamp))
    product = Product.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/products/{product.pk}/")
    assert (product.product_key, product.product_name) == (lamp, "Ble_lamp")
    assert make.trail(action="product.register") == [("product.register", "done")]


def test_registering_twice_is_harmless(as_pm: Client, tuya: Account, lamp: str):
    for _ in range(2):
        assert as_pm.post(URL, form(tuya, lamp)).status_code == 303
    assert Product.objects.count() == 1


@pytest.mark.parametrize("key", ["", "two words", "密钥", "x" * 65, "x" * 500, "\x00"])
def test_what_cannot_be_a_key_is_not_asked_for(as_pm: Client, tuya: Account, sandbox: Sandbox, key: str):
    response = as_pm.post(URL, form(tuya, key))
    assert response.status_code == 422
    assert 'id="id_product_key_error"' in response.content.decode()
    assert sandbox.control.calls() == []


def test_a_key_that_the_platform_does_not_know_is_refused(as_pm: Client, tuya: Account):
    response = as_pm.post(URL, form(tuya, "a1NotThere0"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "The platform refused." in page
    assert 'value="a1NotThere0"' in page
    assert Product.objects.count() == 0
    assert make.trail(action="product.register") == [("product.register", "refused")]


@pytest.mark.parametrize(("fault", "status"), [("drop_before", 502), ("error_before", 502), ("not_json", 502)])
def test_a_platform_that_gives_no_answer(
    as_pm: Client, tuya: Account, lamp: str, sandbox: Sandbox, fault: str, status: int
):
    sandbox.control.add_fault(fault, operation="QueryProduct")
    response = as_pm.post(URL, form(tuya, lamp))
    assert response.status_code == status
    assert "Reading changes nothing on the platform." in response.content.decode()
    assert make.trail(action="product.register") == [("product.register", "unreadable")]


def test_an_empty_form_is_a_form_again(as_pm: Client, tuya: Account):
    assert as_pm.post(URL).status_code == 422


def test_htmx_gets_the_form_only(as_pm: Client, tuya: Account):
    response = as_pm.post(URL, form(tuya, ""), headers=make.HTMX)
    assert response.status_code == 422
    assert "<html" not in response.content.decode()


def test_without_an_account_the_page_says_so(as_pm: Client):
    assert "No account yet" in as_pm.get(URL).content.decode()


def test_a_viewer_may_not(as_viewer: Client, tuya: Account, lamp: str):
    assert as_viewer.post(URL, form(tuya, lamp)).status_code == 403
    assert make.trail(action="product.register") == [("product.register", "denied")]


def test_nobody_registers_without_signing_in(client: Client, tuya: Account, lamp: str):
    assert client.post(URL, form(tuya, lamp)).status_code == 302
    assert Product.objects.count() == 0


def test_other_methods_are_not_taken(as_pm: Client):
    assert as_pm.delete(URL).status_code == 405
