"""The gateway's checks, one by one and in their order."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from console.sandbox.server import Sandbox
from tests.sandbox.caller import SECRET, Caller, acs3_headers, rpc_parameters, send, signatures, timestamp

NOT_FOUND = (404, "InvalidAction.NotFound")


def verdict(answer):
    content = answer.json()
    return answer.status, content["Code"]


def at(**shift):
    return timestamp(datetime.now(UTC) + timedelta(**shift))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Action": None}, (400, "MissingParameter")),
        ({"Action": "CreateRocket"}, NOT_FOUND),
        ({"Version": "1999-01-01"}, (400, "InvalidVersion")),
        ({"Version": None}, (400, "MissingParameter")),
        ({"AccessKeyId": None}, (400, "MissingParameter")),
        ({"SignatureNonce": None}, (400, "MissingParameter")),
        ({"SignatureVersion": None}, (400, "MissingParameter")),
        ({"SignatureVersion": "2.0"}, (400, "InvalidSignatureVersion")),
        ({"SignatureMethod": "HMAC-MD5"}, (400, "InvalidSignatureMethod")),
        ({"Timestamp": "2026-11-22 05:18:44"}, (400, "InvalidTimeStamp.Format")),
        ({"Timestamp": "2026-13-41T05:18:44Z"}, (400, "InvalidTimeStamp.Format")),
        ({"Timestamp": timedelta(minutes=-16)}, (400, "InvalidTimeStamp.Expired")),
        ({"Timestamp": timedelta(minutes=16)}, (400, "InvalidTimeStamp.Expired")),
        ({"AccessKeyId": "nobody"}, (404, "InvalidAccessKeyId.NotFound")),
        ({"ProductKey": None}, (400, "MissingProductKey")),
    ],
)
def test_each_check(alibaba, changes, expected):
    parameters = {"Action": "QueryProduct", "ProductKey": "a1NoSuchKey", **changes}
    if isinstance(shift := changes.get("Timestamp"), timedelta):
        parameters["Timestamp"] = timestamp(datetime.now(UTC) + shift)
    signed = rpc_parameters("GET", parameters)
    assert verdict(send(alibaba.url, "GET", f"/?{signatures.canonical_query(signed)}")) == expected


@pytest.mark.parametrize("minutes", [-14, 14])
def test_clock_may_be_off_by_almost_a_quarter_of_an_hour(alibaba, minutes):
    alibaba.ok("ListThingTemplates", Timestamp=at(minutes=minutes))


# Each call is wrong in the named way and in all the later ones; the earliest must be reported.
FLAWS = [
    ("InvalidAction.NotFound", {"Action": "CreateRocket"}),
    ("UnsupportedHTTPMethod", {"method": "GET"}),
    ("MissingParameter", {"SignatureNonce": None}),
    ("InvalidTimeStamp.Expired", {"Timestamp": at(hours=-2)}),
    ("InvalidAccessKeyId.NotFound", {"AccessKeyId": "nobody"}),
    ("SignatureDoesNotMatch", {"secret": "wrong"}),
    ("SignatureNonceUsed", {"SignatureNonce": "seen"}),
    ("Throttling.User", {}),
    ("MissingModuleName", {"ModuleName": None}),
]


@pytest.mark.parametrize("first", range(len(FLAWS)))
def test_order_of_the_checks(first):
    call = {"Action": "CreateOTAModule", "ProductKey": "a1NoSuchKey", "method": "POST", "secret": SECRET}
    for _, flaw in reversed(FLAWS[first:]):
        call |= flaw
    with Sandbox(limits={"CreateOTAModule": 1}) as sandbox:
        caller = Caller(sandbox.url)
        seen = {"ProductKey": "a1NoSuchKey", "SignatureNonce": "seen"}
        if first <= 7:
            assert verdict(caller.call("CreateOTAModule", **seen)) == (400, "MissingModuleName")
        method, secret = call.pop("method"), call.pop("secret")
        signed = rpc_parameters(method, call, secret)
        answer = send(sandbox.url, method, f"/?{signatures.canonical_query(signed)}")
    assert answer.json()["Code"] == FLAWS[first][0]


def test_wrong_secret_shows_the_string_to_sign_after_the_only_colon(alibaba):
    content = alibaba.call("ListThingTemplates", secret="wrong").json()
    before, text = content["Message"].split(":")
    assert before == "Specified signature is not matched with our calculation. server string to sign is"
    assert text.startswith("GET&%2F&AccessKeyId%3Dsandbox-id%26Action%3DListThingTemplates")


def test_envelope_of_the_gateway(alibaba):
    answer = alibaba.call("CreateRocket")
    content = answer.json()
    assert set(content) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert content["HostId"] == "iot.cn-shanghai.aliyuncs.com"
    assert content["RequestId"] in content["Recommend"]
    assert answer.content_type == "application/json;charset=utf-8"


def test_nonce_works_once(alibaba):
    alibaba.ok("ListThingTemplates", SignatureNonce="once")
    assert verdict(alibaba.call("ListThingTemplates", SignatureNonce="once")) == (400, "SignatureNonceUsed")


def test_nonce_belongs_to_its_key():
    keys = {"one": SECRET, "two": SECRET}
    with Sandbox(keys=keys) as sandbox:
        caller = Caller(sandbox.url)
        for key in keys:
            caller.ok("QueryProductList", AccessKeyId=key, SignatureNonce="n", CurrentPage="1", PageSize="1")


def test_unsigned_caller_cannot_burn_a_nonce(alibaba):
    alibaba.call("ListThingTemplates", secret="wrong", SignatureNonce="mine")
    alibaba.ok("ListThingTemplates", SignatureNonce="mine")


def test_disabled_key(sandbox, alibaba):
    sandbox.control.change_settings(disabled_keys=["sandbox-id"])
    assert verdict(alibaba.call("ListThingTemplates")) == (400, "InvalidAccessKeyId.Inactive")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(alibaba, method):
    answer = alibaba.call("QueryProduct", method=method, ProductKey="x")
    assert verdict(answer) == (400, "UnsupportedHTTPMethod")


@pytest.mark.parametrize(
    ("action", "method"),
    [
        ("CreateOTAModule", "GET"),
        ("UpdateOTAModule", "GET"),
        ("DeleteOTAModule", "GET"),
        ("ListOTAModuleByProduct", "POST"),
    ],
)
def test_published_methods(alibaba, action, method):
    assert verdict(alibaba.call(action, method=method)) == (400, "UnsupportedHTTPMethod")


def test_other_path(alibaba):
    signed = rpc_parameters("GET", {"Action": "ListThingTemplates"})
    answer = send(alibaba.url, "GET", f"/api/?{signatures.canonical_query(signed)}")
    assert verdict(answer) == NOT_FOUND


def test_form_body_counts_like_the_query(alibaba):
    signed = rpc_parameters("POST", {"Action": "CreateProduct", "ProductName": "灯_lamp", "NodeType": "0"})
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    answer = send(alibaba.url, "POST", "/", signatures.canonical_query(signed).encode(), headers)
    assert answer.json()["Success"] is True


def test_blank_values_and_plus_signs_are_signed_as_meant(alibaba):
    signed = rpc_parameters("GET", {"Action": "ListThingTemplates", "SignatureType": "", "Note": "a b*~"})
    wire = signatures.canonical_query(signed).replace("%20", "+").replace("%2A", "*")
    assert send(alibaba.url, "GET", f"/?{wire}").json()["Success"] is True


def test_security_token_is_ignored(alibaba):
    alibaba.ok("ListThingTemplates", SecurityToken="sts")


def acs3(url, changes, *, query=None, body=b""):
    headers = acs3_headers("GET", "ListThingTemplates", query or {}, body, **changes)
    return send(url, "GET", f"/?{signatures.canonical_query(query or {})}", body or None, headers)


def test_acs3_works_with_the_clients_own_list_of_headers(alibaba):
    answer = acs3(alibaba.url, {"user_agent": "x/1", "x_acs_retry_attempts": "1"}, query={"Note": "a b*~ü"})
    assert answer.json()["Success"] is True


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"x_acs_action": "CreateRocket"}, NOT_FOUND),
        ({"x_acs_action": None}, (400, "MissingParameter")),
        ({"x_acs_version": "1999-01-01"}, (400, "InvalidVersion")),
        ({"x_acs_date": None}, (400, "MissingParameter")),
        ({"x_acs_signature_nonce": None}, (400, "MissingParameter")),
        ({"x_acs_date": at(hours=-1)}, (400, "InvalidTimeStamp.Expired")),
        ({"x_acs_content_sha256": None}, (400, "SignatureDoesNotMatch")),
    ],
)
def test_acs3_checks(alibaba, changes, expected):
    assert verdict(acs3(alibaba.url, changes)) == expected


def test_acs3_signs_the_body_that_arrives(alibaba):
    headers = acs3_headers("GET", "ListThingTemplates", {}, b"signed")
    answer = send(alibaba.url, "GET", "/", b"forged", headers)
    assert verdict(answer) == (400, "SignatureDoesNotMatch")
    assert "server StringToSign is [ACS3-HMAC-SHA256\n" in answer.json()["Message"]


def test_acs3_must_sign_its_own_headers(alibaba):
    headers = acs3_headers("GET", "ListThingTemplates", {}, host=None)
    assert verdict(send(alibaba.url, "GET", "/", None, headers)) == (400, "SignatureDoesNotMatch")


@pytest.mark.parametrize("authorization", ["ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 Credential", "ACS3- , ,=;"])
def test_acs3_malformed_authorization(alibaba, authorization):
    headers = acs3_headers("GET", "ListThingTemplates", {}) | {"authorization": authorization}
    assert verdict(send(alibaba.url, "GET", "/", None, headers)) == (400, "MissingParameter")


def test_acs3_other_algorithm(alibaba):
    headers = acs3_headers("GET", "ListThingTemplates", {})
    headers["authorization"] = headers["authorization"].replace("SHA256", "SM3", 1)
    assert verdict(send(alibaba.url, "GET", "/", None, headers)) == (400, "InvalidSignatureMethod")


def test_too_many_parameters(alibaba):
    answer = send(alibaba.url, "GET", "/?" + "&".join(f"p{number}=1" for number in range(1001)))
    assert b"InvalidParameter.Format" in answer.body
    assert answer.status == 400


def test_gateway_refusals_are_written_down_without_secrets(sandbox, alibaba):
    alibaba.call("ListThingTemplates", secret="wrong")
    [entry] = sandbox.control.calls()
    assert (entry["action"], entry["outcome"], entry["executed"]) == (
        "ListThingTemplates",
        "SignatureDoesNotMatch",
        False,
    )
    assert "sandbox-id" not in json.dumps(entry)
