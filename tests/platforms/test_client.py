"""Each operation: what it sends, by which method, and whether the platform has it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from console.platforms import client as client_module
from console.platforms.capabilities import capabilities
from console.platforms.client import PlatformClient, parameters_of, preview
from console.platforms.errors import NotSent, Unsupported
from console.platforms.operations import OPERATIONS, QUOTA_GROUPS, quota_group
from console.platforms.types import Outcome, Platform, ProductChange, SignatureScheme
from tests.platforms.make import (
    make_client,
    make_connection,
    make_module,
    make_product,
    make_tuya_client,
)
from tests.platforms.wire_server import WireServer, answer

KEY = "a1FlqIQ0000"
PRODUCT = {"ProductKey": KEY, "ProductName": "Light"}
PAGE = {"CurrentPage": 1, "PageSize": 200, "PageCount": 1, "Total": 0, "List": {"ProductInfo": []}}
CHANGE = ProductChange(product_key=KEY, product_name="Light", description="new")
MODULE = make_module(alias_name="Barcode_scanner")
SENT_MODULE = {"ProductKey": KEY, "ModuleName": "barcodeScanner", "AliasName": "Barcode_scanner"}
SENT_PRODUCT = {
    "ProductName": "Light",
    "NodeType": "0",
    "AliyunCommodityCode": "iothub_senior",
    "DataFormat": "1",
    "NetType": "WIFI",
    "Id2": "false",
    "PublishAuto": "true",
}

Call = Callable[[PlatformClient], Any]
CALLS: dict[str, tuple[Call, str, dict[str, str], Any]] = {
    "CreateProduct": (
        lambda client: client.create_product(make_product(id2=False, publish_auto=True)),
        "POST",
        SENT_PRODUCT,
        PRODUCT,
    ),
    "UpdateProduct": (
        lambda client: client.update_product(CHANGE),
        "POST",
        {"ProductKey": KEY, "ProductName": "Light", "Description": "new"},
        None,
    ),
    "DeleteProduct": (lambda client: client.delete_product(KEY), "POST", {"ProductKey": KEY}, None),
    "QueryProduct": (lambda client: client.query_product(KEY), "POST", {"ProductKey": KEY}, PRODUCT),
    "QueryProductList": (
        lambda client: client.query_product_list(3, 50, "iothub"),
        "POST",
        {"CurrentPage": "3", "PageSize": "50", "AliyunCommodityCode": "iothub"},
        PAGE,
    ),
    "CreateOTAModule": (lambda client: client.create_ota_module(MODULE), "POST", SENT_MODULE, None),
    "UpdateOTAModule": (lambda client: client.update_ota_module(MODULE), "POST", SENT_MODULE, None),
    "DeleteOTAModule": (
        lambda client: client.delete_ota_module(KEY, "barcodeScanner"),
        "POST",
        {"ProductKey": KEY, "ModuleName": "barcodeScanner"},
        None,
    ),
    "ListOTAModuleByProduct": (lambda client: client.list_ota_modules(KEY), "GET", {"ProductKey": KEY}, []),
    "ListThingTemplates": (lambda client: client.list_thing_templates(), "POST", {}, []),
}
TUYA_LACKS = {"CreateProduct", "UpdateProduct", "DeleteProduct", "ListThingTemplates"}
COMMON = {
    "Action",
    "Version",
    "Format",
    "RegionId",
    "AccessKeyId",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "Timestamp",
    "Signature",
    "IotInstanceId",
}


def received(server: WireServer) -> tuple[str, dict[str, str]]:
    """The method and the parameters, from the query and the body, of the one request that came."""
    (request,) = server.requests
    head, _, body = request.decode().partition("\r\n\r\n")
    method, target, _version = head.split("\r\n")[0].split(" ")
    pairs = parse_qsl(target.partition("?")[2], keep_blank_values=True) + parse_qsl(body, keep_blank_values=True)
    return method, dict(pairs)


def test_every_operation_is_tried_here() -> None:
    assert CALLS.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize("scheme", SignatureScheme)
def test_what_is_sent_to_alibaba(action: str, scheme: SignatureScheme) -> None:
    call, method, parameters, data = CALLS[action]
    body = {"RequestId": "R1", "Success": True, "Data": data}
    with (
        WireServer(answer(body)) as server,
        make_client(server.url, scheme=scheme, iot_instance_id="iot-1") as client,
    ):
        assert call(client).request_id == "R1"
    used, sent = received(server)
    assert used == method
    assert sent["IotInstanceId"] == "iot-1"
    assert {name: value for name, value in sent.items() if name not in COMMON} == parameters
    if scheme is SignatureScheme.ACS3:
        assert sent.keys() & COMMON == {"IotInstanceId"}
        assert f"x-acs-action: {action}\r\n".encode() in server.requests[0]
    else:
        assert sent["Action"] == action


@pytest.mark.parametrize("action", sorted(CALLS.keys() - TUYA_LACKS))
@pytest.mark.parametrize(("configured", "method"), [("", "GET"), ("GET", "GET"), ("POST", "POST")])
def test_what_is_sent_to_tuya(action: str, configured: str, method: str) -> None:
    call, _method, parameters, data = CALLS[action]
    body = {"requestId": "r1", "success": True, "data": data, "code": ""}
    with WireServer(answer(body)) as server, make_tuya_client(server.url, http_method=configured) as client:
        assert call(client).request_id == "r1"
    used, sent = received(server)
    assert used == method
    assert {name: value for name, value in sent.items() if name not in COMMON} == parameters


@pytest.mark.parametrize("action", sorted(TUYA_LACKS))
def test_what_tuya_lacks_is_not_sent(action: str) -> None:
    with WireServer(answer(b"")) as server, make_tuya_client(server.url) as client:
        with pytest.raises(Unsupported, match=f"Tuya offers no {action}") as raised:
            CALLS[action][0](client)
        assert server.connections == 0
    assert isinstance(raised.value, NotSent)
    assert raised.value.outcome is Outcome.NOT_SENT


def test_capabilities() -> None:
    assert capabilities(Platform.ALIBABA).create_product
    assert not capabilities(Platform.TUYA).create_product
    assert capabilities(Platform.TUYA).create_module


def test_every_call_has_its_own_nonce() -> None:
    with (
        WireServer(answer({"RequestId": "R1", "Success": True})) as server,
        make_tuya_client(server.url) as client,
    ):
        for _ in range(20):
            client.list_ota_modules(KEY)
    nonces = {request.split(b"SignatureNonce=")[1].split(b"&")[0] for request in server.requests}
    assert len(nonces) == 20
    assert all(len(nonce) == 32 for nonce in nonces)


def test_preview_tells_what_would_be_sent() -> None:
    connection = make_connection("https://iot.cn-shanghai.aliyuncs.com", iot_instance_id="iot-1")
    previewed = preview(connection, "CreateOTAModule", MODULE)
    assert (previewed.method, previewed.endpoint) == ("POST", "https://iot.cn-shanghai.aliyuncs.com")
    assert previewed.parameters == SENT_MODULE | {"IotInstanceId": "iot-1"}
    assert client_module.parameters_of is parameters_of


def test_absent_parameters_are_left_out_and_empty_ones_are_not() -> None:
    assert parameters_of(make_module(desc="")) == {
        "ProductKey": KEY,
        "ModuleName": "barcodeScanner",
        "Desc": "",
    }
    assert parameters_of(ProductChange(product_key=KEY, product_name="N", description="")) == {
        "ProductKey": KEY,
        "ProductName": "N",
        "Description": "",
    }
    assert parameters_of(make_product(net_type="", data_format=None, node_type=0)) == {
        "ProductName": "Light",
        "NodeType": "0",
        "AliyunCommodityCode": "iothub_senior",
    }


@pytest.mark.parametrize(
    ("action", "page", "size", "group", "qps"),
    [
        ("CreateProduct", 1, 1, "CreateProduct", 50),
        ("CreateOTAModule", 1, 1, "CreateOTAModule", 10),
        ("ListThingTemplates", 1, 1, "ListThingTemplates", 5),
        ("DeleteProduct", 1, 1, "DeleteProduct", 500),
        ("QueryProductList", 499, 200, "QueryProductList", 50),
        ("QueryProductList", 500, 200, "QueryProductList.deep", 2),
    ],
)
def test_quota_groups(action: str, page: int, size: int, group: str, qps: int) -> None:
    assert quota_group(action, current_page=page, page_size=size) == group
    assert QUOTA_GROUPS[group] == qps
