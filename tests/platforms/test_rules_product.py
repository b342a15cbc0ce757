"""The rules for products."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.platforms.rules import (
    Severity,
    applicable_product_fields,
    check_product,
    check_product_change,
    check_product_key,
    product_name_length,
)
from console.platforms.types import Platform, ProductChange, ProductSpec
from tests.platforms.make import make_product

ALIBABA, TUYA = Platform.ALIBABA, Platform.TUYA


def told(spec: ProductSpec, region: str = "cn-shanghai") -> dict[str, str]:
    """Rule and severity of each finding, without the platform in front."""
    found = check_product(ALIBABA, spec, region=region)
    return {one.rule.removeprefix("alibaba."): one.severity.value for one in found}


@pytest.mark.parametrize(
    ("name", "length"), [("", 0), ("Test", 4), ("条码", 4), ("灯a", 3), ("é", 2), ("🙂", 2), ("灯" * 15, 30)]
)
def test_product_name_length(name: str, length: int) -> None:
    assert product_name_length(name) == length


NAMES = {
    "Test": {},
    "My_lamp_2": {},
    "x" * 30: {},
    "": {"product_name.length": "error"},
    "abc": {"product_name.length": "error"},
    "x" * 31: {"product_name.length": "error"},
    "My lamp": {"product_name.alphabet": "error"},
    "lamp!": {"product_name.alphabet": "error"},
    "lamp\n": {"product_name.alphabet": "error"},
    "lamp🙂": {"product_name.alphabet": "error"},
    "🙂🙂": {"product_name.alphabet": "error"},
    "lamp-(1)@": {"product_name.alphabet_disputed": "warning"},
    "智能灯": {"product_name.alphabet_disputed": "warning"},
    "灯" * 15: {"product_name.alphabet_disputed": "warning"},
    "灯" * 16: {"product_name.alphabet_disputed": "warning", "product_name.length": "error"},
    "ランプ": {"product_name.alphabet_unpublished": "warning"},
    "Lämp": {"product_name.alphabet_unpublished": "warning"},
    "ラ" * 16: {"product_name.alphabet_unpublished": "warning", "product_name.length": "warning"},
    "ラ" * 31: {"product_name.alphabet_unpublished": "warning", "product_name.length": "error"},
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items(), ids=range(len(NAMES)))
def test_product_name(name: str, expected: dict[str, str]) -> None:
    assert told(make_product(product_name=name)) == expected


@pytest.mark.parametrize(("description", "expected"), [("🙂" * 100, {}), ("x" * 101, {"description.length": "error"})])
def test_description(description: str, expected: dict[str, str]) -> None:
    assert told(make_product(description=description)) == expected


SAMPLE = {
    "aliyun_commodity_code": "iothub_senior",
    "auth_type": "secret",
    "data_format": 1,
    "description": "Product test",
    "node_type": 0,
    "resource_group_id": "rg-acfmxazb4ph0000",
    "product_name": "Test",
    "protocol_type": "modbus",
    "net_type": "",
    "category_key": "Lighting",
    "publish_auto": False,
}
LORA = {"net_type": "LORA", "join_permission_id": "8000"}

INTERPLAY: list[tuple[dict[str, Any], dict[str, str]]] = [
    (SAMPLE, {"resource_group_id.ignored": "warning"}),
    ({"data_format": None}, {"data_format.required": "error"}),
    ({"data_format": 0}, {}),
    ({"data_format": 2}, {"data_format.value": "error"}),
    ({"node_type": 1}, {}),
    ({"node_type": 2}, {"node_type.value": "error"}),
    ({"node_type": 1, "net_type": "", "protocol_type": "ble"}, {"protocol_type.gateway": "warning"}),
    ({"protocol_type": "modbus"}, {"net_type.protocol_type": "warning"}),
    ({"protocol_type": "smoke", "net_type": ""}, {"protocol_type.value": "error"}),
    ({"net_type": ""}, {"net_type.default": "warning"}),
    ({"net_type": "wifi"}, {"net_type.value": "error"}),
    ({"net_type": "LORA"}, {"join_permission_id.required": "error", "net_type.lora": "warning"}),
    (LORA, {"net_type.lora": "warning"}),
    ({**LORA, "auth_type": "id2"}, {"auth_type.lora": "error", "net_type.lora": "warning"}),
    (
        {**LORA, "auth_type": "x509"},
        {"auth_type.lora": "error", "net_type.lora": "warning", "auth_type.x509": "warning"},
    ),
    ({"auth_type": "secret"}, {}),
    ({"auth_type": "id2"}, {}),
    ({"auth_type": "id2", "id2": True}, {}),
    ({"auth_type": "x509"}, {"auth_type.x509": "warning"}),
    ({"auth_type": "one-party"}, {"auth_type.one_party": "warning"}),
    ({"auth_type": "password"}, {"auth_type.value": "error"}),
    ({"id2": True}, {"id2.auth_type": "warning"}),
    ({"id2": True, "auth_type": "secret"}, {"id2.auth_type": "warning"}),
    ({"id2": False}, {}),
    ({"validate_type": 1}, {}),
    ({"validate_type": 2}, {}),
    ({"validate_type": 0}, {"validate_type.legacy": "warning"}),
    ({"validate_type": 3}, {"validate_type.value": "error"}),
    ({"aliyun_commodity_code": "", "data_format": None}, {"aliyun_commodity_code.default": "warning"}),
    ({"aliyun_commodity_code": "iothub", "data_format": None}, {"aliyun_commodity_code.basic": "warning"}),
    ({"aliyun_commodity_code": "iothub_pro"}, {"aliyun_commodity_code.value": "error"}),
]


@pytest.mark.parametrize(("changes", "expected"), INTERPLAY)
def test_interplay(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert told(make_product(**changes)) == expected


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("", {}),
        ("cn-shanghai", {}),
        ("cn-beijing", {"auth_type.region": "error", "id2.region": "warning"}),
        ("eu-central-1", {"auth_type.region": "error", "id2.region": "warning"}),
    ],
)
def test_what_only_shanghai_has(region: str, expected: dict[str, str]) -> None:
    assert told(make_product(auth_type="id2", id2=True), region) == expected


def test_lora_abroad_says_where_the_account_is() -> None:
    found = check_product(ALIBABA, make_product(**LORA), region="eu-central-1")
    assert "eu-central-1" in found[0].message


def test_messages_name_the_platform_and_end_as_sentences() -> None:
    for changes, _expected in INTERPLAY:
        for found in check_product(ALIBABA, make_product(**changes)):
            assert found.message.startswith("Alibaba: ")
            assert found.message.endswith(".")
            assert found.field in ProductSpec.__dataclass_fields__


def test_tuya_makes_its_products_elsewhere() -> None:
    change = ProductChange(product_key="a1", product_name="Test", description=None)
    for found in (*check_product(TUYA, make_product()), *check_product_change(TUYA, change)):
        assert (found.rule, found.severity) == ("tuya.product.unsupported", Severity.ERROR)
        assert "Tuya's console" in found.message


@pytest.mark.parametrize(
    ("description", "rules"),
    [(None, []), ("new", []), ("", ["description.empty"]), ("x" * 101, ["description.length"])],
)
def test_a_change(description: str | None, rules: list[str]) -> None:
    change = ProductChange(product_key="a1FlqIQ0000", product_name="Test", description=description)
    found = check_product_change(ALIBABA, change)
    assert [one.rule.removeprefix("alibaba.") for one in found] == rules


def test_a_change_needs_a_name_and_a_key() -> None:
    found = check_product_change(ALIBABA, ProductChange(product_key="", product_name="", description=None))
    assert {one.field for one in found} == {"product_key", "product_name"}


@pytest.mark.parametrize("platform", Platform)
@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("a1FlqIQ0000", True),
        ("K5n4I80xxxx", True),
        ("", False),
        ("a b", False),
        ("a\n", False),
        ("键", False),
        ("x" * 65, False),
    ],
)
def test_product_key(platform: Platform, key: str, good: bool) -> None:
    assert (check_product_key(platform, key) == []) is good


CHOICES: dict[str, Any] = {
    "node_type": 0,
    "net_type": "",
    "protocol_type": "",
    "aliyun_commodity_code": "iothub_senior",
    "auth_type": "",
    "region": "cn-shanghai",
}


def fields(platform: Platform = ALIBABA, **changes: Any) -> frozenset[str]:
    return applicable_product_fields(platform, **(CHOICES | changes))


@pytest.mark.parametrize(
    ("changes", "there", "gone"),
    [
        ({}, {"net_type", "protocol_type", "data_format"}, {"join_permission_id", "id2"}),
        ({"net_type": "LORA"}, {"join_permission_id"}, set()),
        ({"net_type": "LORA", "protocol_type": "ble"}, {"protocol_type"}, {"net_type", "join_permission_id"}),
        ({"node_type": 1, "protocol_type": "ble"}, {"net_type"}, {"protocol_type"}),
        ({"protocol_type": "ble"}, {"protocol_type"}, {"net_type"}),
        ({"auth_type": "id2"}, {"id2"}, set()),
        ({"auth_type": "id2", "region": ""}, {"id2"}, set()),
        ({"auth_type": "id2", "region": "cn-beijing"}, set(), {"id2"}),
        ({"aliyun_commodity_code": ""}, {"data_format", "category_key"}, set()),
        (
            {"aliyun_commodity_code": "iothub", "protocol_type": "ble"},
            {"net_type"},
            {"data_format", "category_key", "publish_auto", "validate_type", "protocol_type"},
        ),
    ],
)
def test_applicable_fields(changes: dict[str, Any], there: set[str], gone: set[str]) -> None:
    applicable = fields(**changes)
    assert there <= applicable
    assert not gone & applicable
    assert {"product_name", "node_type", "description", "auth_type"} <= applicable


def test_no_field_applies_where_products_cannot_be_made() -> None:
    assert fields(TUYA) == frozenset()


@given(st.text(max_size=40), st.text(max_size=120), st.sampled_from(Platform))
def test_no_text_crashes_a_rule(name: str, description: str, platform: Platform) -> None:
    spec = make_product(product_name=name, description=description, net_type=name, auth_type=name)
    for found in check_product(platform, spec, region=name):
        found.message.encode()
