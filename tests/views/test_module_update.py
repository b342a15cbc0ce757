from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.models import Account, Module, Operation, User
from console.sandbox.server import Sandbox
from console.services import modules
from tests import make
from tests.views.ledger_rows import operation


@pytest.fixture
def module(alibaba: Account, pm: User) -> Module:
    product = make.created_product(alibaba, pm)
    spec = make.module_spec(product, alias_name="Before", desc="Old words.")
    created = modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm).module
    assert created
    return created


def page_of(module: Module) -> str:
    return reverse("module-update", args=[module.pk])


def form(alias_name: str = "After", desc: str = "New words.") -> dict[str, str]:
    return {"form_token": str(uuid4()), "alias_name": alias_name, "desc": desc}


def updated(sandbox: Sandbox) -> int:
    return len([call for call in sandbox.control.calls() if call["action"] == "UpdateOTAModule"])


def test_the_page_shows_what_is_known_and_the_name_as_fixed(as_pm: Client, module: Module):
    shown = as_pm.get(page_of(module)).content.decode()
    assert "Before" in shown
    assert "is for good" in shown
    assert 'name="module_name"' not in shown


def test_alias_and_description_are_changed(as_pm: Client, module: Module, sandbox: Sandbox):
    response = as_pm.post(page_of(module), form())
    assert (response.status_code, response["Location"]) == (303, reverse("product-detail", args=[module.product_id]))
    module.refresh_from_db()
    assert (module.alias_name, module.desc) == ("After", "New words.")
    assert "After" in str(sandbox.control.state())
    assert make.trail(action="module.update") == [("module.update", "requested"), ("module.update", "done")]


def test_an_emptied_text_is_left_as_it_is(as_pm: Client, module: Module, sandbox: Sandbox):
    as_pm.post(page_of(module), form(alias_name=""))
    module.refresh_from_db()
    assert module.alias_name == "Before"
    assert "AliasName" not in Operation.objects.get(action="module.update").parameters
    assert "Before" in str(sandbox.control.state())


def test_a_bad_alias_is_not_sent(as_pm: Client, module: Module, sandbox: Sandbox):
    response = as_pm.post(page_of(module), form(alias_name="two words"))
    assert response.status_code == 422
    assert "a blank" in response.content.decode()
    assert updated(sandbox) == 0


def test_htmx_gets_only_the_form(as_pm: Client, module: Module):
    response = as_pm.post(page_of(module), form(alias_name="two words"), headers=make.HTMX)
    assert response.status_code == 422
    assert response.content.strip().startswith(b'<div id="module-form"')


def test_a_module_that_is_gone_cannot_be_edited(as_pm: Client, module: Module, sandbox: Sandbox):
    Module.objects.filter(pk=module.pk).update(vanished_at=timezone.now())
    assert "This module is gone" in as_pm.get(page_of(module)).content.decode()
    assert as_pm.post(page_of(module), form()).status_code == 422
    assert updated(sandbox) == 0


def test_a_refusal_is_shown_and_the_words_are_kept(as_pm: Client, module: Module, sandbox: Sandbox):
    sandbox.control.delete_module(module.product.product_key, module.module_name)
    response = as_pm.post(page_of(module), form())
    assert response.status_code == 409
    assert "iot.ota.sandbox.ModuleNotFound" in response.content.decode()
    assert "New words." in response.content.decode()
    assert make.trail(action="module.update")[-1] == ("module.update", "refused")


def test_a_lost_answer_leads_to_the_operation(as_pm: Client, module: Module, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "UpdateOTAModule")
    response = as_pm.post(page_of(module), form())
    operation = Operation.objects.get(action="module.update")
    assert operation.state == "unknown"
    assert response["Location"] == reverse("operation-detail", args=[operation.pk])


def test_a_viewer_is_turned_away_and_the_trail_says_so(as_viewer: Client, module: Module):
    assert as_viewer.post(page_of(module), form()).status_code == 403
    assert make.trail(action="module.update") == [("module.update", "denied")]


def test_a_stranger_is_sent_to_sign_in(client: Client, module: Module):
    assert client.post(page_of(module), form()).status_code == 302


def test_an_unknown_module_is_not_found(as_pm: Client):
    assert as_pm.get(reverse("module-update", args=[uuid4()])).status_code == 404


def test_other_methods_are_not_allowed(as_pm: Client, module: Module):
    assert as_pm.delete(page_of(module)).status_code == 405


def test_what_is_not_settled_is_said_before_anything_is_typed(as_pm: Client, module: Module, pm: User):
    lost = operation(module.product, pm, module.module_name, "unknown", module=module, action="module.update")
    shown = as_pm.get(page_of(module)).content.decode()
    assert "“barcodeScanner” is not settled." in shown
    assert reverse("operation-detail", args=[lost.pk]) in shown
