"""What differs on the wire: Tuya's letter case and tolerance, XML, formats."""

import xml.etree.ElementTree as ET

import pytest

PLAIN = {"Version": None, "Format": None, "SignatureVersion": None}


@pytest.fixture
def key(sandbox):
    return sandbox.control.create_tuya_product("Ble_lamp")["product_key"]


def test_tuya_create_answers_like_the_vendors_sample(tuya, key):
    answer = tuya.call("CreateOTAModule", method="GET", ProductKey=key, ModuleName="ble", **PLAIN)
    content = answer.json()
    assert (content["code"], content["success"]) == ("", True)
    assert set(content) == {"code", "requestId", "success"}
    assert content["requestId"] == content["requestId"].lower()


def test_tuya_list_is_an_array(tuya, key):
    tuya.ok("CreateOTAModule", ProductKey=key, ModuleName="ble", AliasName="BLE", Desc="BLE module")
    [row] = tuya.ok("ListOTAModuleByProduct", ProductKey=key, **PLAIN)["data"]
    assert set(row) == {"aliasName", "desc", "gmtCreate", "gmtModified", "moduleName", "productKey"}


def test_tuya_list_of_one_is_an_object_as_documented(sandbox, tuya, key):
    sandbox.control.change_settings(tuya_doc=True)
    assert tuya.ok("ListOTAModuleByProduct", ProductKey=key)["data"] == []
    tuya.ok("CreateOTAModule", ProductKey=key, ModuleName="ble")
    assert tuya.ok("ListOTAModuleByProduct", ProductKey=key)["data"]["moduleName"] == "ble"
    tuya.ok("CreateOTAModule", ProductKey=key, ModuleName="mcu")
    assert len(tuya.ok("ListOTAModuleByProduct", ProductKey=key)["data"]) == 2


def test_the_documented_object_is_tuyas_alone(sandbox, alibaba):
    sandbox.control.change_settings(tuya_doc=True)
    key = alibaba.product()
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="ble")
    assert isinstance(alibaba.ok("ListOTAModuleByProduct", ProductKey=key)["Data"], list)


def test_tuya_product_list(tuya, key):
    data = tuya.ok("QueryProductList", CurrentPage="1", PageSize="10", **PLAIN)["data"]
    assert (data["total"], data["list"]["productInfo"][0]["productKey"]) == (1, key)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("action", ["CreateOTAModule", "ListOTAModuleByProduct", "QueryProduct"])
def test_tuya_takes_either_method(tuya, key, action, method):
    answer = tuya.call(action, method=method, ProductKey=key, ModuleName="ble")
    assert answer.json()["success"] is True


@pytest.mark.parametrize(
    "action", ["CreateProduct", "UpdateProduct", "DeleteProduct", "ListThingTemplates", "GetThingTemplate"]
)
def test_tuya_does_not_have(tuya, action):
    answer = tuya.call(action, method="POST", ProductKey="x", ProductName="Lamp", NodeType="0")
    assert (answer.status, answer.json()["code"]) == (404, "InvalidAction.NotFound")


def test_tuya_failure(tuya):
    answer = tuya.call("QueryProduct", ProductKey="a1NoSuchKey")
    content = answer.json()
    assert (answer.status, content["success"]) == (200, False)
    assert (content["code"], set(content)) == (
        "iot.prod.NotExistedProduct",
        {"code", "errorMessage", "requestId", "success"},
    )


def test_tuya_wrong_secret(tuya):
    answer = tuya.call("QueryProduct", secret="wrong", ProductKey="a1NoSuchKey")
    content = answer.json()
    assert (answer.status, content["code"]) == (400, "SignatureDoesNotMatch")
    assert set(content) == {"code", "message", "requestId"}


def test_platforms_do_not_see_each_other(alibaba, tuya, key):
    assert alibaba.refusal("QueryProduct", ProductKey=key) == "iot.prod.NotExistedProduct"
    alibaba.product("Ble_lamp")
    assert tuya.ok("QueryProductList", CurrentPage="1", PageSize="10")["data"]["total"] == 1


def test_a_nonce_of_one_platform_is_new_to_the_other(alibaba, tuya):
    for caller in (alibaba, tuya):
        caller.ok("QueryProductList", CurrentPage="1", PageSize="1", SignatureNonce="same")


@pytest.mark.parametrize("format_", [None, "XML", "xml", "None", "YAML"])
def test_xml_is_the_default_of_rpc(alibaba, format_):
    answer = alibaba.call("ListThingTemplates", Format=format_)
    root = ET.fromstring(answer.text())
    assert answer.content_type == "text/xml;charset=utf-8"
    assert root.tag == "ListThingTemplatesResponse"
    assert root.findtext("Success") == "true"


@pytest.mark.parametrize("format_", ["JSON", "json"])
def test_json_on_request(alibaba, format_):
    assert alibaba.call("ListThingTemplates", Format=format_).content_type == "application/json;charset=utf-8"


def test_tuya_answers_json_unless_told_otherwise(tuya, key):
    assert tuya.call("QueryProduct", ProductKey=key, **PLAIN).json()["success"] is True
    answer = tuya.call("QueryProduct", ProductKey=key, Format="XML")
    assert ET.fromstring(answer.text()).findtext("data/productKey") == key


def test_xml_repeats_the_element_of_a_bare_array(alibaba):
    key = alibaba.product()
    for name in ("one", "two"):
        alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName=name)
    root = ET.fromstring(alibaba.call("ListOTAModuleByProduct", ProductKey=key, Format=None).text())
    assert [data.findtext("ModuleName") for data in root.findall("Data")] == ["one", "two"]


# Alibaba: CreateProduct, sample success response.
SAMPLE = """
<CreateProductResponse>
  <Data>
    <Description>Product test</Description><DataFormat>1</DataFormat><ProtocolType>modbus</ProtocolType>
    <ProductKey>a1FlqIQ****</ProductKey><ProductSecret>U5tW7i44uilc****</ProductSecret>
    <NodeType>0</NodeType><ProductName>Test</ProductName>
    <AliyunCommodityCode>iothub_senior</AliyunCommodityCode><AuthType>secret</AuthType>
    <ResourceGroupId>rg-acfmxazb4ph****</ResourceGroupId>
  </Data>
  <ProductKey>a1FlqIQ****</ProductKey>
  <RequestId>E55E50B7-40EE-4B6B-8BBE-D3ED55CCF565</RequestId>
  <Success>true</Success>
</CreateProductResponse>
"""


def fields(text):
    return {element.tag: element.text for element in ET.fromstring(text).iter() if len(element) == 0}


def test_xml_has_the_fields_of_the_vendors_sample(alibaba):
    sample = fields(SAMPLE)
    issued = {"ProductKey", "ProductSecret", "RequestId", "Success"}
    request = {name: value for name, value in sample.items() if name not in issued}
    answer = fields(alibaba.call("CreateProduct", Format="XML", **request).text())
    assert set(answer) == {*sample, "Id2"}
    assert {name: answer[name] for name in request} == request
    assert answer["Success"] == "true"


def test_xml_keeps_the_wrapper_of_the_product_list(alibaba):
    alibaba.product()
    answer = alibaba.call("QueryProductList", CurrentPage="1", PageSize="9", Format=None)
    assert ET.fromstring(answer.text()).findtext("Data/List/ProductInfo/ProductName") == "Lamp"


def test_xml_survives_any_text(alibaba):
    key = alibaba.product(Description="<b>&\x00\ud7ff灯")
    answer = alibaba.call("QueryProduct", ProductKey=key, Format=None)
    assert ET.fromstring(answer.text()).findtext("Data/Description") == "<b>&\ufffd\ud7ff灯"


def test_xml_of_both_failures(alibaba):
    business = ET.fromstring(alibaba.call("QueryProduct", ProductKey="", Format=None).text())
    gateway = ET.fromstring(alibaba.call("QueryProduct", Format=None).text())
    assert (business.tag, business.findtext("Success")) == ("QueryProductResponse", "false")
    assert (gateway.tag, gateway.findtext("Code")) == ("Error", "MissingProductKey")
