"""Keys, signatures, signed text and ProductSecret stay out of logs, exceptions and reprs."""

import http.client
import io
import logging
import re
import socket
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from console.lib.redact import redact
from console.platforms import client as client_module
from console.platforms import operations
from console.platforms.client import PlatformClient
from console.platforms.errors import PlatformError
from console.platforms.signed_request import SignedRequest, sign_request
from console.platforms.types import SignatureScheme
from tests.platforms.make import (
    CREDENTIALS,
    KEY_ID,
    SECRET,
    make_client,
    make_module,
    make_tuya_client,
)
from tests.platforms.wire_server import Script, WireServer, answer, hang, hang_up, raw, reset

PRODUCT_SECRET = "U5tW7i44uilcCanary"


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """All that any library logs, down to DEBUG."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The signatures that were made while the test ran."""
    made: list[str] = []

    def remember(*args: object, **kwargs: object) -> SignedRequest:
        request = sign_request(*args, **kwargs)  # type: ignore[arg-type]
        made.append(request.signature)
        return request

    monkeypatch.setattr(client_module, "sign_request", remember)
    return made


def mirror(before: bytes, after: bytes, server: list[WireServer]) -> Script:
    """Repeat the request to the client, as a careless proxy does in its error page."""

    def script(connection: socket.socket, _stopping: threading.Event) -> bool:
        connection.sendall(before + server[0].requests[-1].replace(b"\r\n", b" ") + after)
        return False

    return script


def said_by(client: PlatformClient) -> list[str]:
    """The tracebacks, reprs and texts of the errors of a write and a read."""
    said = []
    for call in (
        lambda: client.create_ota_module(make_module()),
        lambda: client.list_ota_modules("a1FlqIQ0000"),
        lambda: client.query_product("a1FlqIQ0000"),
    ):
        with pytest.raises(PlatformError) as raised:
            call()
        error = raised.value
        said += [*traceback.format_exception(error), repr(error), str(error), repr(vars(error))]
        said += [repr(error.__context__), repr(error.__cause__)]
    return said


def assert_no_secret(said: str, signatures: list[str]) -> None:
    assert signatures
    for secret in (KEY_ID, SECRET, PRODUCT_SECRET, *signatures):
        for form in (secret, quote(secret, safe=""), quote(quote(secret, safe=""), safe="")):
            assert form not in said
    assert not re.search("SignatureNonce|AccessKeyId|Credential=", said)


MIRRORS = {
    "in the status line": (b"", b"\r\n\r\n"),
    "in a header": (b"HTTP/1.1 200 OK\r\n", b"\r\n\r\n"),
    "in the body": (b"HTTP/1.1 502 Bad\r\nContent-Length: 40\r\n\r\n", b""),
    "in the chunk size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"\r\n"),
    "in the length": (b"HTTP/1.1 200 OK\r\nContent-Length: ", b"\r\n\r\n"),
    "in the reason": (b"HTTP/1.1 500 ", b"\r\nContent-Length: 0\r\n\r\n"),
    "in a redirect": (b"HTTP/1.1 302 OK\r\nContent-Length: 0\r\nLocation: ", b"\r\n\r\n"),
    "in XML": (b"HTTP/1.1 200 OK\r\n\r\n<Error><Code>", b"</Error>"),
}
SCHEMES = {
    "acs3": lambda url: make_client(url, scheme=SignatureScheme.ACS3),
    "rpc-v1": lambda url: make_client(url, scheme=SignatureScheme.RPC_V1),
    "tuya": make_tuya_client,
}


@pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
@pytest.mark.parametrize(("before", "after"), MIRRORS.values(), ids=MIRRORS)
def test_a_server_that_repeats_the_request(
    make: type, before: bytes, after: bytes, everything_logged: io.StringIO, signatures: list[str]
) -> None:
    holder: list[WireServer] = []
    with WireServer(mirror(before, after, holder)) as server, make(server.url) as client:
        holder.append(server)
        said = said_by(client)
    assert_no_secret("\n".join([*said, everything_logged.getvalue()]), signatures)


@pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
@pytest.mark.parametrize("script", [hang, hang_up, reset, raw(b"junk", keep_alive=False), answer(b"", 307)])
def test_a_call_that_fails(make: type, script: Script, everything_logged: io.StringIO, signatures: list[str]) -> None:
    with WireServer(script) as server, make(server.url) as client:
        said = said_by(client)
    assert_no_secret("\n".join([*said, everything_logged.getvalue()]), signatures)


@pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
def test_a_call_that_is_not_sent(make: type, everything_logged: io.StringIO, signatures: list[str]) -> None:
    with WireServer(answer(b"")) as server:
        url = server.url
    with make(url) as client:
        said = said_by(client)
    assert_no_secret("\n".join([*said, everything_logged.getvalue()]), signatures)


@pytest.mark.parametrize(
    "text",
    [
        "Specified signature is not matched with our calculation. server string to sign is:{}",
        "Specified signature does not match our calculation. server StringToSign is [{}]",
        "server CanonicalRequest is [{}] as told",
    ],
)
def test_a_gateway_that_repeats_what_was_signed(
    text: str, everything_logged: io.StringIO, signatures: list[str]
) -> None:
    signed_text = f"GET&%2F&AccessKeyId%3D{KEY_ID}%26Action%3DX\nProductKey=a1"
    refusal = {"Code": "SignatureDoesNotMatch", "Message": text.format(signed_text), "RequestId": KEY_ID}
    with WireServer(answer(refusal, 400)) as server, make_tuya_client(server.url) as client:
        said = "\n".join(said_by(client))
    assert "SignatureDoesNotMatch" in said
    assert "ProductKey=a1" not in said
    assert_no_secret(said + everything_logged.getvalue(), signatures)


def test_a_success_logs_one_line_and_no_parameter(
    everything_logged: io.StringIO, signatures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    product = {"ProductKey": "a1FlqIQ0000", "ProductName": "Lamp", "ProductSecret": PRODUCT_SECRET}
    body = {"RequestId": "R-1", "Success": True, "Data": product}
    with WireServer(answer(body)) as server, make_tuya_client(server.url) as client:
        answered = client.query_product("a1FlqIQ0000")
    logged = everything_logged.getvalue()
    lines = [line for line in logged.splitlines() if line.startswith("action=")]
    pattern = r"action=QueryProduct host=127\.0\.0\.1:\d+ outcome=done http_status=200 ms=\d+ request_id=R-1"
    assert [bool(re.fullmatch(pattern, line)) for line in lines] == [True]
    assert "a1FlqIQ0000" not in logged
    assert answered.value.product_secret == PRODUCT_SECRET
    assert_no_secret(logged + repr(answered) + repr(client), signatures)


def test_debug_output_of_the_standard_library_stays_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with WireServer(hang_up) as server, make_tuya_client(server.url) as client:
        said_by(client)
    assert capsys.readouterr().out == ""


def test_a_request_id_cannot_break_the_log(everything_logged: io.StringIO) -> None:
    body = {"RequestId": "R\r\naction=Forged \u202e" + "x" * 500, "Success": True}
    with WireServer(answer(body)) as server, make_tuya_client(server.url) as client:
        client.create_ota_module(make_module())
    lines = [line for line in everything_logged.getvalue().splitlines() if "action=" in line]
    assert len(lines) == 1
    assert len(lines[0]) < 250


@pytest.mark.parametrize("scheme", SignatureScheme)
def test_reprs(scheme: SignatureScheme) -> None:
    with make_client("https://iot.cn-shanghai.aliyuncs.com", scheme=scheme) as client:
        connection = client._connection
    request = sign_request(
        connection,
        CREDENTIALS,
        operations.LIST_OTA_MODULES,
        {},
        nonce="n",
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    said = f"{request!r} {CREDENTIALS!r} {connection!r}"
    assert SECRET not in said
    assert request.signature not in said


def test_redact_takes_the_longest_form_first() -> None:
    text = f"{SECRET} {quote(SECRET, safe='~')} {quote(quote(SECRET, safe='~'), safe='~')} rest"
    assert redact(text, [SECRET, ""]) == "[withheld] [withheld] [withheld] rest"
