"""What each kind of answer means for a write and for a read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.platforms.decode import MalformedError, parse_json, parse_xml_error
from console.platforms.envelope import open_envelope
from console.platforms.errors import PlatformError, Refused, Throttled, Unknown, Unreadable
from console.platforms.reply import Reply

OK = {"RequestId": "R1", "Success": True}
GATEWAY = {
    "RequestId": "R1",
    "HostId": "iot",
    "Code": "InvalidAccessKeyId.NotFound",
    "Message": "No such key.",
}
BUSINESS = {"RequestId": "R1", "Success": False, "Code": "iot.prod.Any", "ErrorMessage": "No such product."}


def reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers=headers or {}, body=content)


def outcome(answer: Reply, *, writes: bool = True) -> str:
    try:
        open_envelope(answer, writes=writes, clean=str)
    except PlatformError as error:
        return type(error).__name__
    return "done"


@pytest.mark.parametrize("code", ["", "200", 200, None, "iot.system.SystemException"])
def test_success_is_never_decided_by_code(code: object) -> None:
    assert outcome(reply({**OK, "Code": code, "ErrorMessage": ""})) == "done"


@pytest.mark.parametrize("status", [200, 201, 299])
@pytest.mark.parametrize("success", [True, "true", "True", "TRUE"])
def test_done(status: int, success: object) -> None:
    assert outcome(reply({**OK, "Success": success}, status)) == "done"


@pytest.mark.parametrize("name", ["RequestId", "requestId", "RequestID", "REQUESTID"])
def test_keys_in_any_case(name: str) -> None:
    body = {"code": "", name: "d2fce065", "success": True}
    assert open_envelope(reply(body), writes=True, clean=str).request_id == "d2fce065"


UNSETTLED = [
    (200, {"RequestId": "R1"}),
    (200, {"Success": True}),
    (200, {**OK, "RequestId": ""}),
    (200, {**OK, "RequestId": 5}),
    (200, {**OK, "RequestId": " \n"}),
    (200, {**OK, "Success": None}),
    (200, {**OK, "Success": 1}),
    (200, {**OK, "Success": "yes"}),
    (200, {**OK, "Success": []}),
    (200, {**BUSINESS, "Code": ""}),
    (200, {**BUSINESS, "Code": "200"}),
    (200, {**BUSINESS, "Code": {}}),
    (200, {"Code": "iot.prod.Any", "RequestId": "R1"}),
    (200, {**BUSINESS, "Code": "iot.system.SystemException"}),
    (200, {**BUSINESS, "Code": "Iot.System.systemexception"}),
    (200, {**BUSINESS, "Code": "iot.system.SystemError"}),
    (400, {**GATEWAY, "Code": "SignatureNonceUsed"}),
    (400, {**GATEWAY, "Code": "InternalError"}),
    (400, {**GATEWAY, "Code": ""}),
    (400, {**GATEWAY, "Success": True}),
    (404, {}),
    (403, b"<html>Forbidden</html>"),
    (403, b"nothing"),
    (100, OK),
    (301, OK),
    (304, OK),
    (500, {**GATEWAY, "Code": "InternalError"}),
    (503, {**GATEWAY, "Code": "Throttling.User"}),
    (503, BUSINESS),
    (600, OK),
    (200, []),
    (200, None),
    (200, "Success"),
    (200, b"\xef\xbb\xbf" + json.dumps(OK).encode()),
    (200, json.dumps(OK).encode("utf-16")),
    (200, b'{"RequestId": "R1", "Success": true, "N": NaN}'),
    (200, b'{"RequestId": "R1", "Success": true, "success": false}'),
    (200, b'{"RequestId": "R1", "Success": true, "Success": false}'),
    (200, b'{"RequestId": "R1", "Success": true'),
    (200, b'{"RequestId": "R1", "Success": true} {}'),
    (200, b"{'RequestId': 'R1', 'Success': true}"),
    (200, b'{"RequestId": "R1", "Success": true, "N": ' + b"9" * 5000 + b"}"),
    (200, b'{"a":' * 50_000),
    (200, b"<R><RequestId>R1</RequestId><Success>true</Success></R>"),
    (200, b"<R><RequestId>R1</RequestId>"),
    (200, b"<R>\xff</R>"),
    (200, b"<R>" + b" " * 70_000 + b"</R>"),
    (400, b'<!DOCTYPE a [<!ENTITY b "c">]><Error><Code>&b;</Code></Error>'),
]


@pytest.mark.parametrize(("status", "body"), UNSETTLED)
def test_what_settles_nothing(status: int, body: object) -> None:
    assert outcome(reply(body, status)) == "Unknown"
    assert outcome(reply(body, status), writes=False) == "Unreadable"


REFUSED = [
    (200, BUSINESS, "iot.prod.Any", "No such product."),
    (200, {**BUSINESS, "Success": "false"}, "iot.prod.Any", "No such product."),
    (200, {**BUSINESS, "RequestId": None}, "iot.prod.Any", "No such product."),
    (200, {"success": False, "code": "iot.ota.X", "errorMessage": "e", "requestId": "r"}, "iot.ota.X", "e"),
    (400, BUSINESS, "iot.prod.Any", "No such product."),
    (404, GATEWAY, "InvalidAccessKeyId.NotFound", "No such key."),
    (403, {**GATEWAY, "Code": "Forbidden.RAM"}, "Forbidden.RAM", "No such key."),
    (400, {"Code": "X", "ErrorMessage": "business", "Message": "gateway"}, "X", "business"),
    (400, {"Code": "X"}, "X", ""),
    (
        400,
        b"<Error><RequestId>R1</RequestId><Code>X</Code><Message>m &amp; n</Message></Error>",
        "X",
        "m & n",
    ),
    (
        200,
        b"<Response><Success>false</Success><Code>iot.X</Code><ErrorMessage>e</ErrorMessage></Response>",
        "iot.X",
        "e",
    ),
]


@pytest.mark.parametrize(("status", "body", "code", "message"), REFUSED)
@pytest.mark.parametrize("writes", [True, False])
def test_a_refusal_is_verbatim(status: int, body: object, code: str, message: str, writes: bool) -> None:
    with pytest.raises(Refused) as raised:
        open_envelope(reply(body, status), writes=writes, clean=str)
    error = raised.value
    assert (error.code, error.message, error.http_status) == (code, message, status)
    assert not isinstance(error, Throttled)
    assert code in error.reason


THROTTLED = [
    (400, {**GATEWAY, "Code": "Throttling"}),
    (400, {**GATEWAY, "Code": "Throttling.User"}),
    (400, {**GATEWAY, "Code": "Throttling.Api"}),
    (429, {**GATEWAY, "Code": "Throttling.User"}),
    (429, {**GATEWAY, "Code": "Whatever"}),
    (429, {}),
    (429, b"<html>slow down</html>"),
    (429, b""),
    (200, {**BUSINESS, "Code": "iot.common.TooManyRequest"}),
    (200, {**BUSINESS, "Code": "throttling.user"}),
]


@pytest.mark.parametrize(("status", "body"), THROTTLED)
def test_throttled(status: int, body: object) -> None:
    assert outcome(reply(body, status)) == "Throttled"
    assert outcome(reply(body, status), writes=False) == "Throttled"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"x-acs-retry-after": "1500"}, 1.5),
        ({"x-acs-retry-after": "0"}, 0.0),
        ({"x-acs-retry-after": "-1"}, None),
        ({"x-acs-retry-after": "x"}, None),
        ({"x-acs-retry-after": "²"}, None),
        ({"x-acs-retry-after": "1000000000"}, 60.0),
        ({"x-acs-retry-after": "9" * 5000}, 60.0),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"x-acs-retry-after": "x", "retry-after": "2"}, 2.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    throttling = reply({**GATEWAY, "Code": "Throttling.User"}, 429, headers)
    with pytest.raises(Throttled) as raised:
        open_envelope(throttling, writes=True, clean=str)
    assert raised.value.retry_after_s == seconds


def test_an_unsettled_answer_keeps_what_the_platform_said() -> None:
    with pytest.raises(Unknown) as raised:
        open_envelope(reply({**GATEWAY, "Code": "ServiceUnavailable"}, 503), writes=True, clean=str)
    error = raised.value
    assert (error.code, error.message, error.request_id) == ("ServiceUnavailable", "No such key.", "R1")


def test_text_that_nothing_could_store_is_made_harmless() -> None:
    body = b'{"Success": false, "Code": "X\\u0000\\n", "ErrorMessage": "a\\ud800b\\u0000c"}'
    with pytest.raises(Refused) as raised:
        open_envelope(reply(body), writes=True, clean=str)
    raised.value.message.encode()
    assert raised.value.code == "X\ufffd"
    assert "\0" not in raised.value.message


def test_a_billion_laughs_are_not_heard() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    with pytest.raises(MalformedError, match="document type"):
        parse_xml_error(f'<!doctype a [<!ENTITY l0 "ha">{laughs}]><Error><Code>&l9;</Code></Error>'.encode())


def test_a_duplicate_key_that_says_the_same_is_harmless() -> None:
    assert parse_json(b'{"Success": true, "success": true}') == {"success": True}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ENVELOPES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("Success", "Code", "ErrorMessage", "Message", "RequestId", "Data"), JSON)
)
STATUSES = st.sampled_from([100, 200, 204, 302, 400, 403, 404, 429, 500, 503])
NAMES = {"done", "Refused", "Throttled", "Unknown"}


@given(STATUSES, ENVELOPES | JSON)
def test_any_json_has_one_of_the_outcomes(status: int, body: object) -> None:
    assert outcome(reply(body, status)) in NAMES


@given(
    STATUSES,
    st.binary() | st.text().map(lambda text: f"<a><Code>{text}</Code></a>".encode("utf-8", "replace")),
)
def test_any_bytes_have_one_of_the_outcomes(status: int, body: bytes) -> None:
    assert outcome(reply(body, status)) in NAMES - {"done"}


@given(ENVELOPES)
def test_only_success_true_is_done(body: dict[str, Any]) -> None:
    if outcome(reply(body)) == "done":
        assert str(body["Success"]).lower() == "true"


def test_the_tree_is_closed() -> None:
    assert issubclass(Throttled, Refused)
    assert {error.outcome.value for error in (Refused, Throttled, Unknown, Unreadable)} == {
        "refused",
        "unknown",
    }
