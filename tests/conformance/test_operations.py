"""Every operation, done and refused, through every official client."""

import xml.etree.ElementTree as ET

import pytest

from tests.conformance.clients import CLIENTS, OldClient

KEY = "a1NoSuchKey"
AWKWARD = "a b+*~/&=%'\"\n!() ü灯💡"


def any_text(value):
    return isinstance(value, str) and value != ""


def any_number(value):
    return isinstance(value, int) and value > 0


DETAILS = {
    "AliyunCommodityCode": "iothub_senior",
    "AuthType": "secret",
    "DataFormat": 1,
    "Description": AWKWARD,
    "Id2": False,
    "NodeType": 0,
    "ProductKey": any_text,
    "ProductName": "Lamp_灯",
    "ProductSecret": any_text,
}
ROW = {
    "AuthType": "secret",
    "DataFormat": 1,
    "Description": AWKWARD,
    "DeviceCount": 0,
    "GmtCreate": any_number,
    "NodeType": 0,
    "ProductKey": KEY,
    "ProductName": "Lamp_灯",
}
FULL = {
    **DETAILS,
    **ROW,
    "CategoryKey": "Lighting",
    "CategoryName": "Lamp",
    "NetType": 3,
    "Owner": True,
    "ProductStatus": "DEVELOPMENT_STATUS",
    "ValidateType": 1,
}
MODULE = {
    "AliasName": "条码_scanner",
    "Desc": AWKWARD,
    "GmtCreate": any_text,
    "GmtModified": any_text,
    "ModuleName": "scanner",
    "ProductKey": KEY,
}
PAGE = {"PageCount": 1, "PageSize": 10, "Total": 1}
FIRST_PAGE = {**PAGE, "CurrentPage": 1, "List": {"ProductInfo": [ROW]}}
PAST_THE_END = {**PAGE, "CurrentPage": 7, "List": {"ProductInfo": []}}
NEW_MODULE = {"ProductKey": KEY, "ModuleName": "ble", "AliasName": "蓝牙", "Desc": AWKWARD}
SCANNER = {"ProductKey": KEY, "ModuleName": "scanner"}
DEFAULT = {"ProductKey": KEY, "ModuleName": "default"}
CREATE = {
    "ProductName": "Lamp_灯",
    "NodeType": 0,
    "AliyunCommodityCode": "iothub_senior",
    "DataFormat": 1,
    "Description": AWKWARD,
    "Id2": False,
    "PublishAuto": True,
}

# Action, whether product and module exist before, parameters, what the client decodes beside the base fields.
SUCCESSES = [
    ("CreateProduct", False, CREATE, {"ProductKey": any_text, "Data": DETAILS}),
    ("UpdateProduct", True, {"ProductKey": KEY, "ProductName": "Lamp2", "Description": AWKWARD}, {}),
    ("DeleteProduct", True, {"ProductKey": KEY}, {}),
    ("QueryProduct", True, {"ProductKey": KEY}, {"Data": FULL}),
    ("QueryProductList", True, {"CurrentPage": 1, "PageSize": 10}, {"Code": "", "Data": FIRST_PAGE}),
    ("QueryProductList", True, {"CurrentPage": 7, "PageSize": 10}, {"Code": "", "Data": PAST_THE_END}),
    ("CreateOTAModule", True, NEW_MODULE, {}),
    ("UpdateOTAModule", True, {**SCANNER, "AliasName": "new"}, {}),
    ("DeleteOTAModule", True, SCANNER, {}),
    ("ListOTAModuleByProduct", True, {"ProductKey": KEY}, {"Data": [MODULE]}),
    ("GetThingTemplate", False, {"CategoryKey": "Lighting"}, {"ThingModelJSON": any_text}),
]
GHOST = {"ProductKey": "a1unknown11"}
REFUSALS = [
    ("CreateProduct", {"ProductName": "x", "NodeType": 0}, "iot.prod.InvalidFormattedProductName"),
    ("CreateProduct", {"ProductName": "Lamp_灯", "NodeType": 0}, "iot.prod.AlreadyExistedProductName"),
    ("CreateProduct", {"ProductName": "Lamp2", "NodeType": 7}, "iot.prod.InvalidNodeType"),
    ("UpdateProduct", {**GHOST, "ProductName": "Lamp2"}, "iot.prod.NotExistedProduct"),
    ("DeleteProduct", GHOST, "iot.prod.NotExistedProduct"),
    ("QueryProduct", {"ProductKey": "a1****"}, "iot.prod.InvalidFormattedProductkey"),
    ("QueryProductList", {"CurrentPage": 1, "PageSize": 201}, "iot.common.InvalidPageParams"),
    ("CreateOTAModule", {"ProductKey": KEY, "ModuleName": "a b"}, "iot.ota.InvalidOtaModuleName"),
    ("CreateOTAModule", {"ProductKey": KEY, "ModuleName": "Scanner"}, "iot.ota.sandbox.ModuleNameExisted"),
    ("UpdateOTAModule", {"ProductKey": KEY, "ModuleName": "ble"}, "iot.ota.sandbox.ModuleNotFound"),
    ("DeleteOTAModule", DEFAULT, "iot.ota.sandbox.DefaultModuleForbidden"),
    ("ListOTAModuleByProduct", GHOST, "iot.prod.NotExistedProduct"),
    ("GetThingTemplate", {"CategoryKey": "Rocket"}, "iot.prod.InvalidFormattedCatId"),
]


def furnish(sandbox, platform="alibaba"):
    """Put one product with one module in place."""
    sandbox.control.create_product(
        "Lamp_灯", platform=platform, product_key=KEY, description=AWKWARD, category_key="Lighting"
    )
    texts = {"alias_name": "条码_scanner", "desc": AWKWARD}
    sandbox.control.create_module(KEY, "scanner", **texts)


def agrees(expected, found):
    """Compare deeply; a function in place of a value is asked."""
    if callable(expected):
        return expected(found)
    if isinstance(expected, dict):
        return set(expected) == set(found) and all(agrees(expected[name], found[name]) for name in expected)
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(agrees, expected, found))
    return type(expected) is type(found) and expected == found


@pytest.mark.parametrize(("action", "furnished", "parameters", "expected"), SUCCESSES)
def test_done(sandbox, client, action, furnished, parameters, expected):
    if furnished:
        furnish(sandbox)
    found = client.call(action, **parameters)
    assert agrees({**expected, "RequestId": any_text, "Success": True}, found), found


def test_list_thing_templates(client):
    found = client.call("ListThingTemplates")
    assert found["Success"] is True
    assert {"CategoryKey": "Lighting", "CategoryName": "Lamp"} in found["Data"]


@pytest.mark.parametrize(("action", "parameters", "code"), REFUSALS)
def test_refused(sandbox, client, action, parameters, code):
    furnish(sandbox)
    before = sandbox.control.state()
    found = client.call(action, **parameters)
    if not isinstance(client, OldClient) and action == "ListOTAModuleByProduct":
        # This model turns an absent list into an empty one.
        assert found.pop("Data") == []
    expected = {"RequestId": any_text, "Success": False, "Code": code, "ErrorMessage": any_text}
    assert agrees(expected, found), found
    assert sandbox.control.state() == before


def test_every_operation_is_both_done_and_refused_here():
    from console.sandbox.operations import OPERATIONS

    # ListThingTemplates has a test of its own and nothing it could refuse.
    tested = {action for action, *_ in SUCCESSES} & {action for action, *_ in REFUSALS}
    assert tested | {"ListThingTemplates"} == set(OPERATIONS)


def test_the_life_of_a_product(client):
    key = client.call("CreateProduct", **CREATE)["ProductKey"]
    client.call("CreateOTAModule", ProductKey=key, ModuleName="barcodeScanner", Desc="d")
    client.call("UpdateOTAModule", ProductKey=key, ModuleName="barcodeScanner", AliasName="a")
    [module] = client.call("ListOTAModuleByProduct", ProductKey=key)["Data"]
    assert (module["ModuleName"], module["AliasName"], module["Desc"]) == ("barcodeScanner", "a", "d")
    client.call("DeleteOTAModule", ProductKey=key, ModuleName="barcodeScanner")
    assert client.call("ListOTAModuleByProduct", ProductKey=key)["Data"] == []
    client.call("DeleteProduct", ProductKey=key)
    assert client.call("QueryProduct", ProductKey=key)["Code"] == "iot.prod.NotExistedProduct"


@pytest.mark.parametrize(("name", "scheme"), [("rpc-old", "rpc"), ("acs3-new", "acs3"), ("rpc-new", "rpc")])
def test_the_clients_sign_as_they_are_meant_to(sandbox, name, scheme):
    CLIENTS[name](sandbox.url).call("ListThingTemplates")
    assert sandbox.control.calls()[-1]["scheme"] == scheme


@pytest.mark.filterwarnings("ignore:do_action\\(\\) method is deprecated:DeprecationWarning")
def test_the_old_client_without_a_format_reads_xml(sandbox):
    furnish(sandbox)
    answer = OldClient(sandbox.url).call_plainly("ListOTAModuleByProduct", ProductKey=KEY)
    root = ET.fromstring(answer.decode())
    assert root.tag == "ListOTAModuleByProductResponse"
    assert root.findtext("Data/AliasName") == "条码_scanner"


def test_the_old_client_on_tuya(sandbox):
    furnish(sandbox, "tuya")
    client = OldClient(sandbox.tuya_url)
    assert client.call("CreateOTAModule", ProductKey=KEY, ModuleName="ble")["success"] is True
    found = client.call("ListOTAModuleByProduct", ProductKey=KEY)
    assert [row["moduleName"] for row in found["data"]] == ["scanner", "ble"]
