import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from console.models import Account, Operation, Product, User
from console.sandbox.server import Sandbox
from tests import make

URL = "/products/new/"


def form(account: Account, **changes: str) -> dict[str, str]:
    return {
        "form_token": str(uuid4()),
        "account": account.slug,
        "product_name": "Light_Living",
        "node_type": "0",
        "net_type": "WIFI",
        "aliyun_commodity_code": "iothub_senior",
        "data_format": "1",
    } | changes


def sent(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [call for call in sandbox.control.calls() if call["action"] == "CreateProduct"]


def test_the_form_opens_with_sensible_choices(as_pm: Client, alibaba: Account):
    page = as_pm.get(URL).content.decode()
    assert page.count("<h1") == 1
    assert re.search(r'name="net_type" value="WIFI"[^>]*checked', page)
    assert "AliyunCommodityCode=iothub_senior" in page
    assert "This field is required" not in page


def test_a_product_is_created_and_shown(as_pm: Client, alibaba: Account, pm: User):
    response = as_pm.post(URL, form(alibaba, description="Living-room lamp"))
    product = Product.objects.get()
    assert (response.status_code, response["Location"]) == (303, reverse("product-detail", args=[product.pk]))
    assert (product.product_name, product.net_type, product.created_by) == ("Light_Living", "WIFI", pm)
    assert "is created" in as_pm.get(response["Location"]).content.decode()
    assert make.trail(action="product.create") == [("product.create", "requested"), ("product.create", "done")]


def test_a_second_click_creates_nothing_more(as_pm: Client, alibaba: Account, sandbox: Sandbox):
    typed = form(alibaba)
    answers = [as_pm.post(URL, typed) for _ in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert len(sent(sandbox)) == 1


def test_a_used_form_with_another_name_asks_to_be_sent_again(as_pm: Client, alibaba: Account):
    typed = form(alibaba)
    as_pm.post(URL, typed)
    response = as_pm.post(URL, typed | {"product_name": "Other_Name"})
    assert response.status_code == 409
    assert "This form was sent before" in response.content.decode()
    assert typed["form_token"] not in response.content.decode()
    assert Product.objects.count() == 1


@pytest.mark.parametrize("name", ["", "abc", "😀😀😀😀", "x" * 31, "x" * 500, "Light Living"])
def test_a_name_that_no_rule_allows_is_not_sent(as_pm: Client, alibaba: Account, sandbox: Sandbox, name: str):
    response = as_pm.post(URL, form(alibaba, product_name=name))
    assert response.status_code == 422
    assert 'id="id_product_name_error"' in response.content.decode()
    assert sent(sandbox) == []


def test_a_taken_name_is_named_with_its_key(as_pm: Client, alibaba: Account, pm: User):
    product = make.created_product(alibaba, pm)
    response = as_pm.post(URL, form(alibaba))
    assert response.status_code == 422
    assert product.product_key in response.content.decode()
    assert make.trail(action="product.create")[-1] == ("product.create", "refused")


def test_rubbish_in_every_field_is_a_form_again(as_pm: Client, alibaba: Account, sandbox: Sandbox):
    rubbish = dict.fromkeys(form(alibaba), "\x00<script>\ud7ff")
    response = as_pm.post(URL, rubbish)
    assert response.status_code == 422
    assert "<script>\ud7ff" not in response.content.decode()
    assert as_pm.get(URL, rubbish).status_code == 200
    assert sent(sandbox) == []


def test_what_does_not_apply_is_ignored(as_pm: Client, alibaba: Account):
    as_pm.post(URL, form(alibaba, node_type="1", protocol_type="zigbee", join_permission_id="x", id2="true"))
    assert Operation.objects.get().parameters == {
        "ProductName": "Light_Living",
        "NodeType": "1",
        "NetType": "WIFI",
        "AliyunCommodityCode": "iothub_senior",
        "DataFormat": "1",
    }


def test_every_field_that_applies_is_sent(as_pm: Client, alibaba: Account):
    as_pm.post(
        URL,
        form(
            alibaba,
            protocol_type="zigbee",
            auth_type="id2",
            id2="true",
            publish_auto="false",
            validate_type="1",
            category_key="Lighting",
            resource_group_id="rg-acfm4l5tcwd",
            description="灯",
        ),
    )
    assert Operation.objects.get().parameters == {
        "ProductName": "Light_Living",
        "NodeType": "0",
        "AliyunCommodityCode": "iothub_senior",
        "DataFormat": "1",
        "ProtocolType": "zigbee",
        "AuthType": "id2",
        "Id2": "true",
        "PublishAuto": "false",
        "ValidateType": "1",
        "CategoryKey": "Lighting",
        "ResourceGroupId": "rg-acfm4l5tcwd",
        "Description": "灯",
    }


def test_htmx_gets_the_fields_that_apply(as_pm: Client, alibaba: Account):
    partial = as_pm.get(URL, form(alibaba, net_type="LORA"), headers=make.HTMX).content.decode()
    assert "<html" not in partial
    assert 'id="product-form"' in partial
    assert 'name="join_permission_id"' in partial
    assert (
        'name="net_type"' not in as_pm.get(URL, form(alibaba, protocol_type="ble"), headers=make.HTMX).content.decode()
    )


def test_a_name_is_checked_while_it_is_typed(as_pm: Client, alibaba: Account, pm: User):
    make.created_product(alibaba, pm)
    taken = as_pm.get(URL, form(alibaba), headers=make.HTMX)
    assert taken.status_code == 200
    assert "exists in this account already" in taken.content.decode()
    doubtful = as_pm.get(URL, form(alibaba, product_name="Lamp-1"), headers=make.HTMX).content.decode()
    assert 'id="id_product_name_warning"' in doubtful


def test_without_a_script_the_fields_that_apply_come_by_a_button(as_pm: Client, alibaba: Account, sandbox: Sandbox):
    response = as_pm.post(URL, form(alibaba, net_type="LORA", product_name="", show_fields="1"))
    assert response.status_code == 200
    assert 'name="join_permission_id"' in response.content.decode()
    assert sent(sandbox) == []


def test_an_invalid_form_is_the_partial_for_htmx(as_pm: Client, alibaba: Account):
    response = as_pm.post(URL, form(alibaba, product_name=""), headers=make.HTMX)
    assert response.status_code == 422
    assert "<html" not in response.content.decode()
    assert response["Vary"].count("HX-Request") == 1


def test_htmx_is_led_to_the_product(as_pm: Client, alibaba: Account):
    response = as_pm.post(URL, form(alibaba), headers=make.HTMX)
    assert response["HX-Redirect"] == reverse("product-detail", args=[Product.objects.get().pk])


def test_tuya_is_not_offered_but_its_way_is_shown(as_pm: Client, alibaba: Account, tuya: Account):
    page = as_pm.get(URL).content.decode()
    assert f'<option value="{tuya.slug}"' not in page
    assert reverse("product-register") in page
    assert as_pm.post(URL, form(tuya)).status_code == 422


def test_without_an_account_that_can_create_the_page_says_so(as_pm: Client, tuya: Account):
    assert "No account can create products" in as_pm.get(URL).content.decode()


def test_a_refusal_keeps_what_was_typed(as_pm: Client, pm: User, sandbox: Sandbox):
    account = make.account(endpoint=sandbox.url, secret="wrong-secret")
    typed = form(account)
    response = as_pm.post(URL, typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "SignatureDoesNotMatch" in page
    assert "Nothing was changed on the platform." in page
    assert 'value="Light_Living"' in page
    assert typed["form_token"] not in page
    assert make.operations() == [("product.create", "refused")]


def test_a_platform_that_refuses_connections_gets_nothing(as_pm: Client, db: None):
    response = as_pm.post(URL, form(make.account()))
    assert response.status_code == 503
    assert "Nothing was sent to the platform." in response.content.decode()
    assert make.trail(action="product.create")[-1] == ("product.create", "not_sent")


@pytest.mark.parametrize("fault", ["drop_after", "error_before", "not_json", "truncate"])
def test_a_lost_answer_leads_to_its_operation(as_pm: Client, alibaba: Account, sandbox: Sandbox, fault: str):
    sandbox.control.add_fault(fault, operation="CreateProduct")
    response = as_pm.post(URL, form(alibaba))
    operation = Operation.objects.get()
    assert operation.state == "unknown"
    assert response["Location"] == reverse("operation-detail", args=[operation.pk])
    assert make.trail(action="product.create")[-1] == ("product.create", "unknown")


def test_while_it_is_unknown_nobody_creates_it_again(as_pm: Client, alibaba: Account, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", operation="CreateProduct")
    as_pm.post(URL, form(alibaba))
    response = as_pm.post(URL, form(alibaba))
    assert response.status_code == 409
    assert reverse("operation-detail", args=[Operation.objects.get().pk]) in response.content.decode()
    assert len(sent(sandbox)) == 1


def test_the_form_says_while_it_is_typed_that_the_name_is_not_settled(
    as_pm: Client, alibaba: Account, sandbox: Sandbox
):
    sandbox.control.add_fault("drop_after", operation="CreateProduct")
    as_pm.post("/products/new/", form(alibaba))
    page = as_pm.get("/products/new/", form(alibaba)).content.decode()
    assert "is asked for already, by pm" in page
    assert f"/operations/{Operation.objects.get().pk}/" in page


def test_a_viewer_may_not(as_viewer: Client, alibaba: Account):
    assert as_viewer.post(URL, form(alibaba)).status_code == 403
    assert make.trail() == [("account.create", "done"), ("product.create", "denied")]


def test_nobody_creates_without_signing_in(client: Client, alibaba: Account):
    response = client.post(URL, form(alibaba))
    assert (response.status_code, response["Location"]) == (302, f"{reverse('account_login')}?next={URL}")
    assert Product.objects.count() == 0


def test_other_methods_are_not_taken(as_pm: Client):
    assert as_pm.put(URL).status_code == 405
