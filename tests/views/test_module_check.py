from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from console.models import Account, Product, User
from console.sandbox.server import Sandbox
from tests import make


@pytest.fixture
def product(alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


def check(client: Client, product: Product, name: str, **more: str) -> str:
    url = reverse("module-check", args=[product.pk])
    response = client.get(url, {"module_name": name, **more}, headers=make.HTMX)
    assert response.status_code == 200
    return response.content.decode()


def test_a_free_name_is_said_to_be_free(as_pm: Client, product: Product):
    shown = check(as_pm, product, "ble")
    assert "“ble” is free" in shown
    assert "<html" not in shown


def test_nothing_is_said_of_no_name(as_pm: Client, product: Product):
    shown = check(as_pm, product, "")
    assert "<p " not in shown
    assert "ModuleName=\n" in shown


def test_the_clash_is_named(as_pm: Client, product: Product):
    make.cached_module(product, "scanner")
    shown = check(as_pm, product, "Scanner")
    assert "the module “scanner”" in shown
    assert "is free" not in shown


@pytest.mark.parametrize(
    ("name", "message"), [("default", "exists already"), ("a b", "a blank"), ("😀", "cannot have")]
)
def test_a_name_that_cannot_be_is_explained(as_pm: Client, product: Product, name: str, message: str):
    shown = check(as_pm, product, name)
    assert message in shown
    assert "is free" not in shown


def test_a_full_product_is_said_to_be_full(as_pm: Client, product: Product):
    for number in range(10):
        make.cached_module(product, f"m{number}")
    assert "this one is full" in check(as_pm, product, "ble")


def test_a_create_that_is_not_settled_is_linked(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    as_pm.post(
        reverse("module-create", args=[product.pk]),
        {"form_token": str(uuid4()), "module_name": "ble", "alias_name": "", "desc": ""},
    )
    shown = check(as_pm, product, "BLE")
    assert "“ble” is asked for already, by pm" in shown
    assert reverse("operation-list") in shown


def test_the_other_texts_are_checked_beside_their_fields(as_pm: Client, product: Product):
    shown = check(as_pm, product, "ble", alias_name="two words", desc="x" * 101)
    assert "cannot have a blank" in shown.partition('id="check-alias_name"')[2]
    assert "this one has 101" in shown.partition('id="check-desc"')[2]
    assert "“ble” is free" in shown


def test_what_will_be_sent_follows_the_typing(as_pm: Client, product: Product):
    shown = check(as_pm, product, "ble", alias_name="Bluetooth<b>")
    assert "ModuleName=ble\n" in shown
    assert "AliasName=Bluetooth&lt;b&gt;\n" in shown
    assert "Desc=" not in shown


def test_rubbish_is_no_error(as_pm: Client, product: Product):
    assert "is free" not in check(as_pm, product, "a\x00b", desc="x" * 5000)


def test_a_viewer_is_turned_away(as_viewer: Client, product: Product):
    assert as_viewer.get(reverse("module-check", args=[product.pk])).status_code == 403


def test_a_stranger_is_sent_to_sign_in(client: Client, product: Product):
    assert client.get(reverse("module-check", args=[product.pk])).status_code == 302


def test_an_unknown_product_is_not_found(as_pm: Client):
    assert as_pm.get(reverse("module-check", args=[uuid4()])).status_code == 404


def test_it_only_reads(as_pm: Client, product: Product):
    assert as_pm.post(reverse("module-check", args=[product.pk])).status_code == 405


def test_opened_by_itself_the_part_leads_to_its_page(as_pm: Client, product: Product):
    response = as_pm.get(reverse("module-check", args=[product.pk]), {"module_name": "ble"})
    assert response["Location"] == reverse("module-create", args=[product.pk])
