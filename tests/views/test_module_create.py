from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from console.models import Account, AuditEntry, Module, Operation, Product, User
from console.sandbox.server import Sandbox
from tests import make

TOKEN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def product(alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


def page_of(product: Product) -> str:
    return reverse("module-create", args=[product.pk])


def form(name: str = "barcodeScanner", **changes: str) -> dict[str, str]:
    return {"form_token": str(uuid4()), "module_name": name, "alias_name": "", "desc": ""} | changes


def created(sandbox: Sandbox) -> int:
    return len([call for call in sandbox.control.calls() if call["action"] == "CreateOTAModule"])


def test_the_page_shows_the_form_and_the_slots(as_pm: Client, product: Product):
    response = as_pm.get(page_of(product))
    assert response.status_code == 200
    assert b"0 of 10 used" in response.content
    assert b"Action=CreateOTAModule" in response.content


def test_a_module_is_created_and_the_product_shown(as_pm: Client, pm: User, product: Product, sandbox: Sandbox):
    sent = form(alias_name="Barcode_scanner", desc="The scanner's firmware.")
    response = as_pm.post(page_of(product), sent)
    assert (response.status_code, response["Location"]) == (303, reverse("product-detail", args=[product.pk]))
    module = Module.objects.get()
    assert (module.module_name, module.alias_name, module.created_by) == ("barcodeScanner", "Barcode_scanner", pm)
    assert "barcodeScanner" in str(sandbox.control.state())
    assert make.trail(action="module.create") == [("module.create", "requested"), ("module.create", "done")]


def test_an_empty_text_is_not_sent(as_pm: Client, product: Product):
    as_pm.post(page_of(product), form())
    assert set(Operation.objects.get(action="module.create").parameters) == {"ProductKey", "ModuleName"}


def test_htmx_leaves_for_the_product(as_pm: Client, product: Product):
    response = as_pm.post(page_of(product), form(), headers=make.HTMX)
    assert response["HX-Redirect"] == reverse("product-detail", args=[product.pk])


def test_htmx_gets_only_the_form(as_pm: Client, product: Product):
    response = as_pm.post(page_of(product), form("default"), headers=make.HTMX)
    assert response.status_code == 422
    assert response.content.strip().startswith(b'<div id="module-form"')
    assert b"<html" not in response.content


def test_what_will_be_sent_is_in_step_with_the_form(as_pm: Client, product: Product):
    shown = as_pm.post(page_of(product), form("default"), headers=make.HTMX).content.decode()
    preview = '<pre id="module-preview" class="code" hx-swap-oob="true">'
    assert "ModuleName=default\n" in shown.partition(preview)[2]
    assert as_pm.post(page_of(product), form("default")).content.decode().count('id="module-preview"') == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "This field is required."),
        ("default", "exists already"),
        ("DEFAULT", "exists already"),
        ("bar code", "a blank"),
        ("扫描仪", "cannot have"),
        ("x" * 65, "1 to 64 characters"),
        ("x" * 5000, "at most 128 characters"),
        ("a\x00b", "Null characters"),
    ],
)
def test_a_bad_name_sends_nothing(as_pm: Client, product: Product, sandbox: Sandbox, name: str, message: str):
    response = as_pm.post(page_of(product), form(name, alias_name="Kept"))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert "Kept" in response.content.decode()
    assert created(sandbox) == 0


def test_names_that_differ_by_case_clash(as_pm: Client, product: Product, sandbox: Sandbox):
    as_pm.post(page_of(product), form("scanner"))
    response = as_pm.post(page_of(product), form("Scanner"))
    assert response.status_code == 422
    assert "the module “scanner”" in response.content.decode()
    assert created(sandbox) == 1
    assert make.trail(action="module.create")[-1] == ("module.create", "refused")


def test_an_eleventh_module_is_not_sent(as_pm: Client, product: Product, sandbox: Sandbox):
    for number in range(10):
        make.cached_module(product, f"m{number}")
    assert "All 10 modules are used" in as_pm.get(page_of(product)).content.decode()
    response = as_pm.post(page_of(product), form())
    assert response.status_code == 422
    assert "this one is full" in response.content.decode()
    assert created(sandbox) == 0


def test_a_product_that_is_gone_takes_no_module(as_pm: Client, alibaba: Account):
    product = make.cached_product(alibaba, vanished_at="2026-01-01T00:00:00Z")
    assert "This product is gone" in as_pm.get(page_of(product)).content.decode()
    response = as_pm.post(page_of(product), form())
    assert response.status_code == 422
    assert "is gone from the platform" in response.content.decode()


def test_a_form_sent_twice_is_one_request(as_pm: Client, product: Product, sandbox: Sandbox):
    sent = form()
    assert [as_pm.post(page_of(product), sent).status_code for _ in range(2)] == [303, 303]
    assert created(sandbox) == 1


def test_a_used_form_with_another_name_gets_a_new_token(as_pm: Client, product: Product, sandbox: Sandbox):
    as_pm.post(page_of(product), form("first", form_token=TOKEN))
    response = as_pm.post(page_of(product), form("second", form_token=TOKEN))
    assert response.status_code == 409
    assert "was sent before" in response.content.decode()
    assert TOKEN not in response.content.decode()
    assert created(sandbox) == 1


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_form_without_its_token_says_so_and_can_be_sent_again(
    as_pm: Client, product: Product, sandbox: Sandbox, token: str
):
    response = as_pm.post(page_of(product), form(form_token=token))
    assert (response.status_code, created(sandbox)) == (422, 0)
    assert b"Send it once more" in response.content
    renewed = response.context["form"]["form_token"].value()
    assert as_pm.post(page_of(product), form(form_token=renewed)).status_code == 303


def test_a_refusal_of_the_platform_is_shown_word_for_word(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.create_module(product.product_key, "barcodeScanner")
    response = as_pm.post(page_of(product), form(form_token=TOKEN))
    assert response.status_code == 409
    assert "iot.ota.sandbox.ModuleNameExisted" in response.content.decode()
    assert "Nothing was changed on the platform." in response.content.decode()
    assert TOKEN not in response.content.decode()
    assert make.trail(action="module.create") == [("module.create", "requested"), ("module.create", "refused")]


def test_a_product_deleted_behind_our_back_is_named(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    response = as_pm.post(page_of(product), form())
    assert response.status_code == 409
    assert "The product is gone from the platform" in response.content.decode()


def test_a_wrong_key_is_said(as_pm: Client, sandbox: Sandbox):
    account = make.account(endpoint=sandbox.url, secret="wrong")
    response = as_pm.post(page_of(make.cached_product(account)), form())
    assert response.status_code == 409
    assert "access key secret" in response.content.decode()


def test_an_endpoint_that_refuses_the_connection_sends_nothing(as_pm: Client, db: None):
    response = as_pm.post(page_of(make.cached_product(make.account())), form())
    assert response.status_code == 503
    assert "Nothing was sent to the platform." in response.content.decode()
    assert make.trail(action="module.create")[-1] == ("module.create", "not_sent")


def test_a_lost_answer_leads_to_the_operation(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    response = as_pm.post(page_of(product), form())
    operation = Operation.objects.get(action="module.create")
    assert operation.state == "unknown"
    assert response["Location"] == reverse("operation-detail", args=[operation.pk])
    assert make.trail(action="module.create")[-1] == ("module.create", "unknown")


def test_a_name_that_is_unknown_is_not_created_again(as_pm: Client, product: Product, sandbox: Sandbox):
    sandbox.control.add_fault("drop_before", "CreateOTAModule")
    as_pm.post(page_of(product), form("ble"))
    response = as_pm.post(page_of(product), form("BLE"))
    operation = Operation.objects.get(action="module.create")
    assert response.status_code == 409
    assert reverse("operation-detail", args=[operation.pk]) in response.content.decode()
    assert created(sandbox) <= 1


def test_a_tuya_product_takes_modules_too(as_pm: Client, tuya: Account, sandbox: Sandbox):
    key = sandbox.control.create_tuya_product("Smart_Plug")["product_key"]
    product = make.cached_product(tuya, key=key)
    assert as_pm.post(page_of(product), form("ble")).status_code == 303
    assert Module.objects.get().module_name == "ble"


def test_a_viewer_is_turned_away_and_the_trail_says_so(as_viewer: Client, product: Product, sandbox: Sandbox):
    assert as_viewer.post(page_of(product), form()).status_code == 403
    assert make.trail(action="module.create") == [("module.create", "denied")]
    assert created(sandbox) == 0


def test_a_stranger_is_sent_to_sign_in(client: Client, product: Product):
    response = client.post(page_of(product), form())
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_an_unknown_product_is_not_found(as_pm: Client):
    assert as_pm.get(reverse("module-create", args=[uuid4()])).status_code == 404


def test_other_methods_are_not_allowed(as_pm: Client, product: Product):
    assert as_pm.delete(page_of(product)).status_code == 405


def test_to_open_the_form_without_the_role_is_no_attempt_yet(as_viewer: Client, product: Product):
    assert as_viewer.get(page_of(product)).status_code == 403
    assert not AuditEntry.objects.filter(outcome="denied").exists()
