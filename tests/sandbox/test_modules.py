"""The OTA module operations: fields, rules and codes."""

import re

import pytest


@pytest.fixture
def key(alibaba):
    return alibaba.product()


def listed(alibaba, key):
    return alibaba.ok("ListOTAModuleByProduct", ProductKey=key)["Data"]


def test_create_answers_like_the_vendors_sample(alibaba, key):
    content = alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="barcodeScanner")
    assert set(content) == {"RequestId", "Success"}
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", content["RequestId"])


def test_list(alibaba, key):
    texts = {"AliasName": "条码_scanner", "Desc": "The firmware module of the barcode scanner."}
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="barcodeScanner", **texts)
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="b.l-e_2")
    rows = listed(alibaba, key)
    assert [set(row) - {"GmtCreate", "GmtModified"} for row in rows] == [
        {"AliasName", "Desc", "ModuleName", "ProductKey"},
        {"ModuleName", "ProductKey"},
    ]
    assert rows[0]["AliasName"] == texts["AliasName"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", rows[0]["GmtCreate"])


def test_list_of_none(alibaba, key):
    assert listed(alibaba, key) == []


def test_default_module_is_listed_only_on_request(sandbox, alibaba, key):
    sandbox.control.change_settings(list_default_module=True)
    assert [row["ModuleName"] for row in listed(alibaba, key)] == ["default"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"ModuleName": ""}, "iot.ota.NullOtaModuleName"),
        ({"ModuleName": "x" * 65}, "iot.ota.InvalidOtaModuleName"),
        ({"ModuleName": "扫描"}, "iot.ota.InvalidOtaModuleName"),
        ({"ModuleName": "a b"}, "iot.ota.InvalidOtaModuleName"),
        ({"ModuleName": "scanner\n"}, "iot.ota.InvalidOtaModuleName"),
        ({"ModuleName": "default"}, "iot.ota.sandbox.DefaultModuleForbidden"),
        ({"ModuleName": "Default"}, "iot.ota.sandbox.DefaultModuleForbidden"),
        ({"AliasName": "x" * 65}, "iot.ota.sandbox.InvalidAliasName"),
        ({"AliasName": "a b"}, "iot.ota.sandbox.InvalidAliasName"),
        ({"Desc": "x" * 101}, "iot.ota.sandbox.DescTooLong"),
        ({"ProductKey": "a1NoSuchKey"}, "iot.prod.NotExistedProduct"),
    ],
)
def test_create_refuses(sandbox, alibaba, key, parameters, code):
    sent = {"ProductKey": key, "ModuleName": "scanner", **parameters}
    assert alibaba.refusal("CreateOTAModule", **sent) == code
    assert sandbox.control.state()["products"][0]["modules"] == []


@pytest.mark.parametrize("name", ["x", "x" * 64, "A.b-c_9", "."])
def test_create_accepts(alibaba, key, name):
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName=name, AliasName="条码.a-b_9", Desc="灯" * 100)


def test_scanner_beside_scanner(alibaba, key):
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="scanner")
    refused = alibaba.refusal("CreateOTAModule", ProductKey=key, ModuleName="Scanner")
    assert refused == "iot.ota.sandbox.ModuleNameExisted"
    alibaba.ok("CreateOTAModule", ProductKey=alibaba.product("Other"), ModuleName="Scanner")


def test_the_eleventh(alibaba, key):
    for number in range(10):
        alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName=f"m{number}")
    refused = alibaba.refusal("CreateOTAModule", ProductKey=key, ModuleName="m10")
    assert refused == "iot.ota.sandbox.ModuleCountExceedMax"
    assert len(listed(alibaba, key)) == 10


def test_update_keeps_what_is_not_sent(alibaba, key):
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="scanner", AliasName="a", Desc="d")
    alibaba.ok("UpdateOTAModule", ProductKey=key, ModuleName="scanner", AliasName="b")
    [row] = listed(alibaba, key)
    assert (row["AliasName"], row["Desc"]) == ("b", "d")
    alibaba.ok("UpdateOTAModule", ProductKey=key, ModuleName="scanner", Desc="")
    assert "Desc" not in listed(alibaba, key)[0]


@pytest.mark.parametrize("action", ["UpdateOTAModule", "DeleteOTAModule"])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ghost", "iot.ota.sandbox.ModuleNotFound"),
        ("default", "iot.ota.sandbox.DefaultModuleForbidden"),
        ("a b", "iot.ota.InvalidOtaModuleName"),
    ],
)
def test_update_and_delete_refuse(alibaba, key, action, name, code):
    assert alibaba.refusal(action, ProductKey=key, ModuleName=name) == code


def test_delete(alibaba, key):
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="scanner")
    alibaba.ok("DeleteOTAModule", ProductKey=key, ModuleName="scanner")
    assert listed(alibaba, key) == []


def test_delete_refused_while_there_are_packages(sandbox, alibaba, key):
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="scanner")
    sandbox.control.change_module(key, "scanner", firmware_count=1)
    refused = alibaba.refusal("DeleteOTAModule", ProductKey=key, ModuleName="scanner")
    assert refused == "iot.ota.sandbox.ModuleHasFirmware"


def test_deleting_the_product_takes_its_modules_along(sandbox, alibaba, key):
    alibaba.ok("CreateOTAModule", ProductKey=key, ModuleName="scanner")
    alibaba.ok("DeleteProduct", ProductKey=key)
    again = sandbox.control.create_product("Again", product_key=key)
    assert again["modules"] == []
