"""The signatures against published vectors and against the vendors' own signers."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.platforms import operations, signing
from console.platforms.parameters import parameters_of
from console.platforms.signed_request import SignedRequest, sign_request
from console.platforms.types import Platform, SignatureScheme
from tests.platforms import official
from tests.platforms.make import CREDENTIALS, KEY_ID, SECRET, make_connection, make_module, make_product

ECS = {
    "Action": "DescribeRegions",
    "Format": "XML",
    "AccessKeyId": "testid",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    "SignatureVersion": "1.0",
    "Timestamp": "2016-02-23T12:46:24Z",
    "Version": "2014-05-26",
}
IOT = {
    "AccessKeyId": "testid",
    "Action": "Pub",
    "MessageContent": "aGVsbG93b3JsZA=",
    "Timestamp": "2017-10-02T09:39:41Z",
    "SignatureVersion": "1.0",
    "ServiceCode": "iot",
    "Format": "XML",
    "Qos": "0",
    "SignatureNonce": "0715a395-aedf-4a41-bab7-746b43d38d88",
    "Version": "2017-04-20",
    "SignatureMethod": "HMAC-SHA1",
    "RegionId": "cn-shanghai",
    "ProductKey": "12345abcdeZ",
    "TopicFullName": "/productKey/testdevice/get",
}
ACS3_QUERY = {
    "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
    "RegionId": "cn-shanghai",
}
ACS3_HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
AT = datetime(2026, 11, 22, 5, 18, 44, tzinfo=UTC)

# Half surrogates are no text: nothing can send them.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["", " ", "a b", "+*~/&=%", "%2B%7E", "true", "False", "条码 🙂", "\n\t\0", "'\"()!"]
)
NAMES = st.text("abcXYZ0189._-", min_size=1, max_size=12)
PARAMETERS = st.dictionaries(NAMES, TEXT, max_size=8)
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
METHODS = st.sampled_from(["GET", "POST"])


def rpc_v1(method: str, parameters: dict[str, str], secret: str) -> str:
    return signing.rpc_v1_signature(signing.rpc_v1_string_to_sign(method, parameters), secret)


@pytest.mark.parametrize(
    ("method", "parameters", "signature"),
    [
        ("GET", ECS, "OLeaidS1JvxuMvnyHOwuJ+uX5qY="),
        ("POST", ECS, "MxbnVAM4w6sft9xjVpe/GCKueuk="),
        ("GET", IOT, "Y9eWn4nF8QPh3c4zAFkM/k/u7eA="),
        ("POST", IOT, "efr3PwqG3ANN5Vs4hsRnEZh2K2Q="),
    ],
)
def test_rpc_v1_vectors(method: str, parameters: dict[str, str], signature: str) -> None:
    assert rpc_v1(method, parameters, "testsecret") == signature


def test_acs3_vector() -> None:
    query = signing.canonical_query(ACS3_QUERY)
    payload_hash = signing.sha256_hex(b"")
    canonical = signing.acs3_canonical_request("POST", query, ACS3_HEADERS, payload_hash)
    assert signing.sha256_hex(canonical.encode()) == (
        "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259"
    )
    signature = signing.acs3_signature(signing.acs3_string_to_sign(canonical), "YourAccessKeySecret")
    assert signature == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


@pytest.mark.parametrize(
    ("text", "encoded"), [(" ", "%20"), ("+*~/", "%2B%2A~%2F"), ("-_.", "-_."), ("条", "%E6%9D%A1"), ("", "")]
)
def test_encode(text: str, encoded: str) -> None:
    assert signing.encode(text) == encoded


@given(METHODS, PARAMETERS, SECRETS)
def test_rpc_v1_is_what_the_old_official_client_signs(method: str, parameters: dict[str, str], secret: str) -> None:
    assert rpc_v1(method, parameters, secret) == official.old_rpc_v1(method, parameters, secret)


@given(METHODS, PARAMETERS, SECRETS)
def test_rpc_v1_is_what_the_new_official_client_signs(method: str, parameters: dict[str, str], secret: str) -> None:
    assert rpc_v1(method, parameters, secret) == official.new_rpc_v1(method, parameters, secret)


@given(METHODS, PARAMETERS, SECRETS, st.dictionaries(NAMES.map(str.lower), NAMES, max_size=4))
def test_acs3_is_what_the_new_official_client_signs(
    method: str, parameters: dict[str, str], secret: str, more_headers: dict[str, str]
) -> None:
    headers = {**more_headers, **ACS3_HEADERS}
    query, payload_hash = signing.canonical_query(parameters), ACS3_HEADERS["x-acs-content-sha256"]
    canonical = signing.acs3_canonical_request(method, query, headers, payload_hash)
    signature = signing.acs3_signature(signing.acs3_string_to_sign(canonical), secret)
    theirs = official.new_acs3(method, parameters, headers, ("somebody", secret))
    assert theirs.endswith(f"Signature={signature}")


def signed(
    scheme: SignatureScheme, operation: operations.Operation = operations.CREATE_OTA_MODULE, **changes: object
) -> SignedRequest:
    connection = make_connection("https://iot.cn-shanghai.aliyuncs.com", scheme=scheme, **changes)
    parameters = parameters_of(make_module(alias_name="条码 scanner"))
    return sign_request(connection, CREDENTIALS, operation, parameters, nonce="n1", at=AT)


def test_an_rpc_v1_write_keeps_everything_out_of_the_address() -> None:
    request = signed(SignatureScheme.RPC_V1, iot_instance_id="iot-cn-0pp1n8t0000")
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))
    signature = form.pop("Signature")
    assert (request.method, request.target) == ("POST", "/")
    assert form == {
        "Action": "CreateOTAModule",
        "Version": "2018-01-20",
        "Format": "JSON",
        "RegionId": "cn-shanghai",
        "IotInstanceId": "iot-cn-0pp1n8t0000",
        "AccessKeyId": KEY_ID,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": "n1",
        "Timestamp": "2026-11-22T05:18:44Z",
        "ProductKey": "a1FlqIQ0000",
        "ModuleName": "barcodeScanner",
        "AliasName": "条码 scanner",
    }
    assert signature == official.old_rpc_v1("POST", form, SECRET)


def test_an_rpc_v1_read_is_a_query() -> None:
    request = signed(SignatureScheme.RPC_V1, operations.LIST_OTA_MODULES)
    query = dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True, strict_parsing=True))
    signature = query.pop("Signature")
    assert (request.method, request.body) == ("GET", b"")
    assert signature == official.new_rpc_v1("GET", query, SECRET)


def test_acs3_sends_only_business_parameters() -> None:
    request = signed(SignatureScheme.ACS3)
    assert request.target == (
        "/?AliasName=%E6%9D%A1%E7%A0%81%20scanner&ModuleName=barcodeScanner&ProductKey=a1FlqIQ0000"
    )
    assert request.body == b""
    names = request.headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    query = dict(parse_qsl(urlsplit(request.target).query))
    headers = {name: request.headers[name] for name in names}
    assert request.headers["authorization"] == official.new_acs3("POST", query, headers, (KEY_ID, SECRET))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_tuya_sends_neither_region_nor_instance(method: str) -> None:
    tuya = {"platform": Platform.TUYA, "http_method": method, "iot_instance_id": "x"}
    request = signed(SignatureScheme.RPC_V1, **tuya)
    sent = dict(parse_qsl(urlsplit(request.target).query or request.body.decode()))
    assert request.method == method
    assert sent.keys() & {"RegionId", "IotInstanceId"} == set()
    assert sent["SignatureVersion"] == "1.0"


def test_the_time_is_sent_in_utc() -> None:
    connection = make_connection("https://iot.cn-shanghai.aliyuncs.com")
    there = AT.astimezone(timezone(timedelta(hours=8)))
    request = sign_request(connection, CREDENTIALS, operations.QUERY_PRODUCT, {}, nonce="n", at=there)
    assert request.headers["x-acs-date"] == "2026-11-22T05:18:44Z"


@pytest.mark.parametrize("scheme", SignatureScheme)
def test_nothing_that_is_typed_can_become_a_header(scheme: SignatureScheme) -> None:
    connection = make_connection("https://iot.cn-shanghai.aliyuncs.com", scheme=scheme, region="x\r\nA: b")
    parameters = parameters_of(make_product(product_name="x\r\nHost: evil\r\n\r\n"))
    request = sign_request(connection, CREDENTIALS, operations.CREATE_PRODUCT, parameters, nonce="n", at=AT)
    said = [request.target, *request.headers, *request.headers.values(), request.body.decode()]
    assert not any("\r" in text or "\n" in text or " evil" in text for text in said)
