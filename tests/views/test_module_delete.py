from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from console.models import Account, Module, Operation, User
from console.sandbox.server import Sandbox
from console.services import modules
from tests import make
from tests.views.ledger_rows import operation


@pytest.fixture
def module(alibaba: Account, pm: User) -> Module:
    product = make.created_product(alibaba, pm)
    spec = make.module_spec(product)
    created = modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm).module
    assert created
    return created


def page_of(module: Module) -> str:
    return reverse("module-delete", args=[module.pk])


def form(**more: str) -> dict[str, str]:
    return {"form_token": str(uuid4()), **more}


def deleted(sandbox: Sandbox) -> int:
    return len([call for call in sandbox.control.calls() if call["action"] == "DeleteOTAModule"])


def test_the_page_asks_first(as_pm: Client, module: Module, sandbox: Sandbox):
    shown = as_pm.get(page_of(module)).content.decode()
    assert "Delete “barcodeScanner”?" in shown
    assert "Delete the module" in shown
    assert deleted(sandbox) == 0


def test_a_confirmed_module_is_deleted_and_marked_as_gone(as_pm: Client, module: Module, sandbox: Sandbox):
    response = as_pm.post(page_of(module), form())
    assert (response.status_code, response["Location"]) == (303, reverse("product-detail", args=[module.product_id]))
    module.refresh_from_db()
    assert module.vanished_at
    assert "barcodeScanner" not in str(sandbox.control.state())
    assert make.trail(action="module.delete") == [("module.delete", "requested"), ("module.delete", "done")]


def test_a_double_click_is_one_request(as_pm: Client, module: Module, sandbox: Sandbox):
    sent = form()
    assert [as_pm.post(page_of(module), sent).status_code for _ in range(2)] == [303, 303]
    assert deleted(sandbox) == 1


def test_without_its_token_nothing_is_deleted(as_pm: Client, module: Module, sandbox: Sandbox):
    assert as_pm.post(page_of(module), {}).status_code == 422
    assert deleted(sandbox) == 0


def test_the_default_module_says_why_not(as_pm: Client, module: Module, sandbox: Sandbox):
    default = make.cached_module(module.product, "default")
    shown = as_pm.get(page_of(default)).content.decode()
    assert "firmware of the whole device" in shown
    assert "Delete the module" not in shown
    assert as_pm.post(page_of(default), form()).status_code == 422
    assert deleted(sandbox) == 0


@pytest.mark.parametrize("typed", ["", "barcodescanner", "something"])
def test_a_protected_account_wants_the_name_typed(as_pm: Client, module: Module, sandbox: Sandbox, typed: str):
    Account.objects.update(is_protected=True)
    assert "is a protected account" in as_pm.get(page_of(module)).content.decode()
    assert as_pm.post(page_of(module), form(typed_name=typed)).status_code == 422
    assert deleted(sandbox) == 0


def test_the_typed_name_confirms(as_pm: Client, module: Module, sandbox: Sandbox):
    Account.objects.update(is_protected=True)
    assert as_pm.post(page_of(module), form(typed_name="barcodeScanner")).status_code == 303
    assert deleted(sandbox) == 1


def test_htmx_gets_only_the_form(as_pm: Client, module: Module):
    response = as_pm.post(page_of(module), {}, headers=make.HTMX)
    assert response.content.strip().startswith(b'<div id="module-form"')


def test_a_refusal_is_shown_and_can_be_tried_again(as_pm: Client, module: Module, sandbox: Sandbox):
    sandbox.control.change_module(module.product.product_key, module.module_name, firmware_count=1)
    sent = form()
    response = as_pm.post(page_of(module), sent)
    assert response.status_code == 409
    assert "iot.ota.sandbox.ModuleHasFirmware" in response.content.decode()
    assert sent["form_token"] not in response.content.decode()
    assert make.trail(action="module.delete")[-1] == ("module.delete", "refused")


def test_a_lost_answer_leads_to_the_operation(as_pm: Client, module: Module, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "DeleteOTAModule")
    response = as_pm.post(page_of(module), form())
    operation = Operation.objects.get(action="module.delete")
    assert operation.state == "unknown"
    assert response["Location"] == reverse("operation-detail", args=[operation.pk])


def test_a_viewer_is_turned_away_and_the_trail_says_so(as_viewer: Client, module: Module, sandbox: Sandbox):
    assert as_viewer.post(page_of(module), form()).status_code == 403
    assert make.trail(action="module.delete") == [("module.delete", "denied")]
    assert deleted(sandbox) == 0


def test_a_stranger_is_sent_to_sign_in(client: Client, module: Module):
    assert client.post(page_of(module), form()).status_code == 302


def test_an_unknown_module_is_not_found(as_pm: Client):
    assert as_pm.get(reverse("module-delete", args=[uuid4()])).status_code == 404


def test_other_methods_are_not_allowed(as_pm: Client, module: Module):
    assert as_pm.delete(page_of(module)).status_code == 405


def test_what_is_not_settled_is_said_before_anything_is_typed(as_pm: Client, module: Module, pm: User):
    lost = operation(module.product, pm, module.module_name, "unknown", module=module, action="module.update")
    shown = as_pm.get(page_of(module)).content.decode()
    assert "“barcodeScanner” is not settled." in shown
    assert reverse("operation-detail", args=[lost.pk]) in shown
