"""The product operations: fields, rules and codes."""

import re
import time

import pytest

from console.sandbox.server import Sandbox
from tests.sandbox.caller import Caller

SENIOR = {"AliyunCommodityCode": "iothub_senior", "DataFormat": "1"}
# What the vendor's own sample request sends.
SAMPLE = {
    **SENIOR,
    "AuthType": "secret",
    "Description": "Product test",
    "NodeType": "0",
    "ResourceGroupId": "rg-acfmxazb4ph",
    "ProductName": "Test",
    "ProtocolType": "modbus",
    "CategoryKey": "Lighting",
    "PublishAuto": "false",
}


def test_create_answers_like_the_vendors_sample(alibaba):
    content = alibaba.ok("CreateProduct", **SAMPLE)
    data = content["Data"]
    assert set(content) == {"Data", "ProductKey", "RequestId", "Success"}
    assert re.fullmatch(r"a1[A-Za-z0-9]{9}", content["ProductKey"])
    assert re.fullmatch(r"[A-Za-z0-9]{16}", data.pop("ProductSecret"))
    assert data == {
        "AliyunCommodityCode": "iothub_senior",
        "AuthType": "secret",
        "DataFormat": 1,
        "Description": "Product test",
        "Id2": False,
        "NodeType": 0,
        "ProductKey": content["ProductKey"],
        "ProductName": "Test",
        "ProtocolType": "modbus",
        "ResourceGroupId": "rg-acfmxazb4ph",
    }


def test_query_shows_everything(alibaba):
    before = time.time_ns() // 1_000_000
    created = alibaba.ok("CreateProduct", **SAMPLE)
    data = alibaba.ok("QueryProduct", ProductKey=created["ProductKey"])["Data"]
    assert before <= data.pop("GmtCreate") <= time.time_ns() // 1_000_000
    assert data == {
        **{name: value for name, value in created["Data"].items() if name != "ResourceGroupId"},
        "CategoryKey": "Lighting",
        "CategoryName": "Lamp",
        "DeviceCount": 0,
        "Owner": True,
        "ProductStatus": "DEVELOPMENT_STATUS",
        "ValidateType": 1,
    }


@pytest.mark.parametrize(("word", "number"), [(None, 3), ("WIFI", 3), ("CELLULAR", 6), ("ETHERNET", 7), ("OTHER", 8)])
def test_net_type_is_a_word_going_in_and_a_number_coming_out(alibaba, word, number):
    key = alibaba.product(NetType=word)
    assert alibaba.ok("QueryProduct", ProductKey=key)["Data"]["NetType"] == number


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"ProductName": ""}, "iot.prod.NullProductName"),
        ({"ProductName": "abc"}, "iot.prod.InvalidFormattedProductName"),
        ({"ProductName": "x" * 31}, "iot.prod.InvalidFormattedProductName"),
        ({"ProductName": "灯" * 16}, "iot.prod.InvalidFormattedProductName"),
        ({"ProductName": "灯"}, "iot.prod.InvalidFormattedProductName"),
        ({"ProductName": "two words"}, "iot.prod.InvalidFormattedProductName"),
        ({"ProductName": "lamp💡"}, "iot.prod.InvalidFormattedProductName"),
        ({"ProductName": "lamp\n"}, "iot.prod.InvalidFormattedProductName"),
        ({"Description": "x" * 101}, "iot.prod.LongProductDesc"),
        ({"NodeType": "2"}, "iot.prod.InvalidNodeType"),
        ({"NodeType": "-1"}, "iot.prod.InvalidNodeType"),
        ({"AliyunCommodityCode": "gold"}, "iot.prod.InvalidAliyunCommodityCode"),
        ({"AliyunCommodityCode": "iothub_senior"}, "iot.prod.sandbox.DataFormatRequired"),
        ({"DataFormat": "7"}, "iot.prod.sandbox.InvalidDataFormat"),
        ({"ProtocolType": "x25"}, "iot.prod.sandbox.InvalidProtocolType"),
        ({"NetType": "wifi"}, "iot.prod.sandbox.InvalidNetType"),
        ({"NetType": "LORA"}, "iot.prod.sandbox.JoinPermissionIdRequired"),
        ({"NetType": "LORA", "JoinPermissionId": "8", "AuthType": "id2"}, "iot.prod.InvalidProductAuthType"),
        ({"NetType": "LORA", "JoinPermissionId": "8", "AuthType": "x509"}, "iot.prod.InvalidProductAuthType"),
        ({"AuthType": "password"}, "iot.prod.InvalidProductAuthType"),
        ({"ValidateType": "0"}, "iot.prod.sandbox.InvalidValidateType"),
        ({"CategoryKey": "Rocket"}, "iot.prod.InvalidFormattedCatId"),
    ],
)
def test_create_refuses(sandbox, alibaba, parameters, code):
    sent = {"ProductName": "Lamp", "NodeType": "0", **parameters}
    assert alibaba.refusal("CreateProduct", **sent) == code
    assert sandbox.control.state()["products"] == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"NodeType": "one"}, "InvalidNodeType"),
        ({"NodeType": "٣"}, "InvalidNodeType"),
        ({"NodeType": ""}, "MissingNodeType"),
        ({"NodeType": None}, "MissingNodeType"),
        ({"ProductName": None}, "MissingProductName"),
        ({"Id2": "yes"}, "InvalidId2"),
        ({"PublishAuto": "1"}, "InvalidPublishAuto"),
    ],
)
def test_create_with_parameters_of_the_wrong_type(alibaba, parameters, code):
    answer = alibaba.call("CreateProduct", **{"ProductName": "Lamp", "NodeType": "0", **parameters})
    assert (answer.status, answer.json()["Code"]) == (400, code)


@pytest.mark.parametrize("name", ["Lamp", "x" * 30, "灯泡", "灯" * 15, "a_-@()9", "灯x9"])
def test_create_accepts_the_widest_published_names(alibaba, name):
    key = alibaba.product(name)
    assert alibaba.ok("QueryProduct", ProductKey=key)["Data"]["ProductName"] == name


@pytest.mark.parametrize("truth", ["true", "True", "TRUE", "false", "False"])
def test_booleans_in_any_letter_case(alibaba, truth):
    alibaba.product(Id2=truth, PublishAuto=truth)


def test_auth_type_wins_over_id2(alibaba):
    data = alibaba.ok("CreateProduct", ProductName="Lamp", NodeType="0", Id2="true", AuthType="x509")["Data"]
    assert (data["AuthType"], data["Id2"]) == ("x509", False)


def test_id2_product(alibaba):
    data = alibaba.ok("CreateProduct", ProductName="Lamp", NodeType="0", AuthType="id2")["Data"]
    assert (data["AuthType"], data["Id2"]) == ("id2", True)


def test_lora_with_its_permission(alibaba):
    key = alibaba.product(NetType="LORA", JoinPermissionId="8123")
    assert "NetType" not in alibaba.ok("QueryProduct", ProductKey=key)["Data"]


@pytest.mark.parametrize(
    ("auth_type", "code"),
    [("id2", "iot.prod.NotOpenID2Service"), ("x509", "iot.prod.InvalidProductAuthType")],
)
def test_some_authentication_exists_in_shanghai_only(auth_type, code):
    with Sandbox(region="eu-central-1") as sandbox:
        caller = Caller(sandbox.url)
        sent = {"ProductName": "Lamp", "NodeType": "0", "AuthType": auth_type}
        assert caller.refusal("CreateProduct", **sent) == code


def test_names_are_unique_within_the_instance(alibaba):
    alibaba.product("Lamp")
    sent = {"ProductName": "Lamp", "NodeType": "0"}
    assert alibaba.refusal("CreateProduct", **sent) == "iot.prod.AlreadyExistedProductName"
    elsewhere = alibaba.ok("CreateProduct", **sent, IotInstanceId="iot-cn-0pp1n8t")["ProductKey"]
    assert alibaba.refusal("QueryProduct", ProductKey=elsewhere) == "iot.prod.NotExistedProduct"
    alibaba.ok("QueryProduct", ProductKey=elsewhere, IotInstanceId="iot-cn-0pp1n8t")


def test_a_thousand_products_are_enough(sandbox, alibaba):
    for number in range(1000):
        sandbox.control.create_product(f"lamp{number}")
    code = alibaba.refusal("CreateProduct", ProductName="Lamp", NodeType="0")
    assert code == "iot.prod.ProductCountExceedMax"


@pytest.mark.parametrize("action", ["QueryProduct", "DeleteProduct", "ListOTAModuleByProduct"])
@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "iot.prod.NullProductKey"),
        ("a1****", "iot.prod.InvalidFormattedProductkey"),
        ("a1NoSuchKey", "iot.prod.NotExistedProduct"),
    ],
)
def test_product_keys(alibaba, action, key, code):
    assert alibaba.refusal(action, ProductKey=key) == code


def test_update(alibaba):
    key = alibaba.product("Lamp", Description="old")
    assert set(alibaba.ok("UpdateProduct", ProductKey=key, ProductName="Lamp2")) == {"RequestId", "Success"}
    data = alibaba.ok("QueryProduct", ProductKey=key)["Data"]
    assert (data["ProductName"], data["Description"]) == ("Lamp2", "old")
    alibaba.ok("UpdateProduct", ProductKey=key, ProductName="Lamp2", Description="new")
    assert alibaba.ok("QueryProduct", ProductKey=key)["Data"]["Description"] == "new"


def test_update_needs_the_name(alibaba):
    answer = alibaba.call("UpdateProduct", ProductKey=alibaba.product(), Description="new")
    assert (answer.status, answer.json()["Code"]) == (400, "MissingProductName")


def test_update_refuses_the_name_of_another(alibaba):
    key = alibaba.product("Lamp")
    alibaba.product("Lamp2")
    refused = alibaba.refusal("UpdateProduct", ProductKey=key, ProductName="Lamp2")
    assert refused == "iot.prod.AlreadyExistedProductName"


def test_delete(alibaba):
    key = alibaba.product()
    alibaba.ok("DeleteProduct", ProductKey=key)
    assert alibaba.refusal("QueryProduct", ProductKey=key) == "iot.prod.NotExistedProduct"


def test_delete_refused_while_there_are_devices(sandbox, alibaba):
    key = alibaba.product()
    sandbox.control.change_product(key, device_count=3)
    assert alibaba.refusal("DeleteProduct", ProductKey=key) == "iot.prod.sandbox.ProductHasDevices"


def names(content):
    return [row["ProductName"] for row in content["Data"]["List"]["ProductInfo"]]


def test_list_pages_newest_first(alibaba):
    for number in range(5):
        alibaba.product(f"lamp{number}")
    first = alibaba.ok("QueryProductList", CurrentPage="1", PageSize="2")
    last = alibaba.ok("QueryProductList", CurrentPage="3", PageSize="2")
    assert (names(first), names(last)) == (["lamp4", "lamp3"], ["lamp0"])
    assert (first["Data"]["Total"], first["Data"]["PageCount"], first["Code"]) == (5, 3, "")


def test_list_rows_lack_what_they_lack(alibaba):
    alibaba.product(**SENIOR, Description="d")
    [row] = alibaba.ok("QueryProductList", CurrentPage="1", PageSize="2")["Data"]["List"]["ProductInfo"]
    fields = "AuthType DataFormat Description DeviceCount GmtCreate NodeType ProductKey ProductName"
    assert set(row) == set(fields.split())


def test_page_past_the_end_is_empty_with_the_total_kept(alibaba):
    alibaba.product()
    content = alibaba.ok("QueryProductList", CurrentPage="9", PageSize="10")
    data = content["Data"]
    assert (data["Total"], data["PageCount"], data["CurrentPage"], names(content)) == (1, 1, 9, [])


@pytest.mark.parametrize(("page", "size"), [("0", "10"), ("1", "0"), ("1", "201"), ("-1", "10"), ("", "10")])
def test_list_refuses_impossible_pages(alibaba, page, size):
    assert alibaba.refusal("QueryProductList", CurrentPage=page, PageSize=size) == "iot.common.InvalidPageParams"


def test_list_filters(alibaba):
    alibaba.product("basic")
    alibaba.product("senior", **SENIOR, ResourceGroupId="rg-1")
    everything = {"CurrentPage": "1", "PageSize": "10"}
    assert names(alibaba.ok("QueryProductList", **everything, AliyunCommodityCode="iothub")) == ["basic"]
    assert names(alibaba.ok("QueryProductList", **everything, ResourceGroupId="rg-1")) == ["senior"]
    assert names(alibaba.ok("QueryProductList", **everything)) == ["senior", "basic"]


def test_thing_templates(alibaba):
    rows = alibaba.ok("ListThingTemplates")["Data"]
    assert {"CategoryKey": "Lighting", "CategoryName": "Lamp"} in rows


def test_thing_template_is_json_within_json(alibaba):
    text = alibaba.ok("GetThingTemplate", CategoryKey="Lighting")["ThingModelJSON"]
    assert isinstance(text, str)
    assert '"identifier": "LightSwitch"' in text
    assert alibaba.refusal("GetThingTemplate", CategoryKey="Rocket") == "iot.prod.InvalidFormattedCatId"
