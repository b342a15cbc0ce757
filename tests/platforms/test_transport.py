"""How a call ends when the network or the server does what it should not."""

import gzip
import json
import resource
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from console.platforms import transport
from console.platforms.errors import NotSent, PlatformError, Refused, Unknown, Unreadable
from console.platforms.types import Outcome, SignatureScheme, Timeouts
from tests.platforms.make import DONE, make_client, make_module, make_tls_context, make_tuya_client
from tests.platforms.wire_server import (
    Script,
    WireServer,
    answer,
    drip,
    hang,
    hang_up,
    pour,
    raw,
    reset,
    then_reset,
)

KEPT = "Connection: Keep-Alive"
GOOD = json.dumps(DONE).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"

BROKEN: dict[str, Script] = {
    "hangs up": hang_up,
    "resets": reset,
    "never answers": hang,
    "resets within the header": then_reset(b"HTTP/1.1 200 O"),
    "resets within the body": then_reset(HEAD % len(GOOD) + GOOD[:-5]),
    "ends within the header": raw(b"HTTP/1.1 200 OK\r\nContent-Le", keep_alive=False),
    "ends within the body": raw(HEAD % len(GOOD) + GOOD[:-1], keep_alive=False),
    "announces too much": raw(HEAD % (len(GOOD) + 1) + GOOD, keep_alive=False),
    "announces too little": raw(HEAD % (len(GOOD) - 1) + GOOD, keep_alive=False),
    "announces nonsense": raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5x\r\n\r\n", keep_alive=False),
    "announces two lengths": raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456", keep_alive=False
    ),
    "speaks another protocol": raw(b"SSH-2.0-OpenSSH_9.2\r\n", keep_alive=False),
    "has a broken header": raw(b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n" + GOOD, keep_alive=False),
    "has an endless header line": pour(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536, 4),
    "has endless headers": pour(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 500),
    "says continue for ever": pour(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 100_000),
    "has bad chunks": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", keep_alive=False),
    "is compressed": answer(gzip.compress(GOOD), 200, "Content-Encoding: gzip"),
    "has a byte order mark": answer(b"\xef\xbb\xbf" + GOOD),
    "is empty": answer(b""),
    "is 204": raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "is HTML": answer(b"<!doctype html><html><body>Welcome to nginx</body></html>"),
    "is half HTML": answer(b"<html><p>unclosed"),
    "is a list": answer(b"[]"),
    "is deep": answer(b"[" * 100_000),
    "is latin-1": answer('{"Success": "caf\xe9"}'.encode("latin-1")),
    "is 502": answer(b"<html>Bad Gateway</html>", 502),
    "is 503 with success": answer(GOOD, 503),
    "is 403 without a code": answer(b"{}", 403),
    "is a redirect": answer(b"", 302, "Location: /elsewhere"),
}


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN)
def test_a_write_is_unknown_and_a_read_unreadable(script: Script) -> None:
    with WireServer(script) as server, make_client(server.url) as client:
        with pytest.raises(Unknown) as written:
            client.create_ota_module(make_module())
        with pytest.raises(Unreadable):
            client.list_ota_modules("a1FlqIQ0000")
        assert len(server.requests) == 2
    assert written.value.outcome is Outcome.UNKNOWN
    assert written.value.reason.endswith(".")


def test_a_connection_on_which_too_much_was_said_is_not_used_again() -> None:
    surplus = raw(HEAD % len(GOOD) + GOOD + GOOD)
    with WireServer(surplus, answer(DONE, 200, KEPT)) as server, make_client(server.url) as client:
        client.list_ota_modules("a1FlqIQ0000")
        client.list_ota_modules("a1FlqIQ0000")
        client.list_ota_modules("a1FlqIQ0000")
        assert (len(server.requests), server.connections) == (3, 2)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with (
        WireServer(answer(DONE)) as other,
        WireServer(answer(b"", status, f"Location: {other.url}/")) as server,
    ):
        with make_client(server.url) as client, pytest.raises(Unknown) as raised:
            client.create_ota_module(make_module())
        assert (len(server.requests), len(other.requests)) == (1, 0)
    assert raised.value.http_status == status


def test_a_redirect_to_itself_is_one_request() -> None:
    with WireServer(answer(b"", 307, "Location: /")) as server, make_client(server.url) as client:
        with pytest.raises(Unreadable):
            client.query_product("a1FlqIQ0000")
        assert len(server.requests) == 1


@pytest.mark.parametrize("cut", range(0, len(HEAD % len(GOOD) + GOOD), 7))
def test_an_answer_cut_anywhere_is_unknown(cut: int) -> None:
    whole = HEAD % len(GOOD) + GOOD
    with WireServer(raw(whole[:cut], keep_alive=False)) as server, make_client(server.url) as client:
        with pytest.raises(Unknown):
            client.create_ota_module(make_module())
        assert len(server.requests) == 1


@pytest.mark.parametrize("text", [HEAD % 4000 + b" " * 4000, b"HTTP/1.1 200 OK\r\nX: " + b"x" * 4000])
def test_a_slow_drip_ends_at_the_total_time(text: bytes) -> None:
    with WireServer(drip(text, 0.02)) as server, make_client(server.url) as client:
        started = time.monotonic()
        with pytest.raises(Unknown, match="in time"):
            client.create_ota_module(make_module())
        assert 0.7 < time.monotonic() - started < 1.5


def test_silence_ends_at_the_read_time() -> None:
    patient = Timeouts(connect_s=5, read_s=0.2, total_s=20)
    with WireServer(hang) as server, make_client(server.url, timeouts=patient) as client:
        started = time.monotonic()
        with pytest.raises(Unreadable, match="in time"):
            client.query_product("a1FlqIQ0000")
        assert time.monotonic() - started < 1


def test_a_huge_answer_is_not_read_to_its_end() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n"
    slow = Timeouts(connect_s=5, read_s=5, total_s=10)
    with (
        WireServer(pour(head, b" " * 1_000_000, 50)) as server,
        make_client(server.url, timeouts=slow) as client,
        pytest.raises(Unknown, match="larger than allowed"),
    ):
        client.create_ota_module(make_module())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000


def test_an_answer_at_the_limit_is_read() -> None:
    with WireServer(answer(GOOD)) as server:
        with make_client(server.url, max_response_bytes=len(GOOD)) as client:
            assert client.create_ota_module(make_module()).request_id == DONE["RequestId"]
        with make_client(server.url, max_response_bytes=len(GOOD) - 1) as client, pytest.raises(Unknown):
            client.create_ota_module(make_module())


def test_the_content_type_does_not_matter() -> None:
    script = answer(GOOD, 200, "Content-Type: text/html; charset=utf-16")
    with WireServer(script) as server, make_client(server.url) as client:
        assert client.create_ota_module(make_module()).request_id == DONE["RequestId"]


def test_a_refused_connection_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with make_client(f"http://127.0.0.1:{port}") as client, pytest.raises(NotSent, match="refused"):
        client.create_ota_module(make_module())


def test_an_unknown_host_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_host(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    with make_client("https://iot.nowhere.invalid") as client, pytest.raises(NotSent, match="not found"):
        client.create_ota_module(make_module())


def test_a_connection_that_is_never_accepted_is_not_sent() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [_connect_without_waiting(port) for _ in range(4)]
        with make_client(f"http://127.0.0.1:{port}") as client, pytest.raises(NotSent, match="in time"):
            client.create_ota_module(make_module())
        for connection in waiting:
            connection.close()


def _connect_without_waiting(port: int) -> socket.socket:
    connection = socket.socket()
    connection.setblocking(False)
    connection.connect_ex(("127.0.0.1", port))
    return connection


def test_a_certificate_nobody_vouches_for_is_not_sent(tmp_path: Path) -> None:
    with WireServer(answer(DONE), tls=make_tls_context(tmp_path)) as server:
        with make_client(server.url) as client, pytest.raises(NotSent, match="certificate is not accepted"):
            client.create_ota_module(make_module())
        assert server.requests == []


def test_a_handshake_that_breaks_is_not_sent() -> None:
    with WireServer(answer(DONE)) as server:
        secure = server.url.replace("http:", "https:")
        with make_client(secure) as client, pytest.raises(NotSent):
            client.create_ota_module(make_module())


def test_a_handshake_that_is_cut_off_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        server = threading.Thread(target=_accept_and_hang_up, args=(listener,))
        server.start()
        with make_client(url) as client, pytest.raises(NotSent):
            client.create_ota_module(make_module())
        server.join()


def _accept_and_hang_up(listener: socket.socket) -> None:
    connection, _peer = listener.accept()
    connection.recv(10)
    connection.close()


def test_a_handshake_that_never_ends_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with make_client(url) as client, pytest.raises(NotSent):
            client.create_ota_module(make_module())


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_an_unverified_certificate_is_taken_on_loopback_alone(tmp_path: Path) -> None:
    server = WireServer(answer(DONE), tls=make_tls_context(tmp_path))
    with server, make_client(server.url, verify_tls=False) as client:
        assert client.create_ota_module(make_module()).request_id == DONE["RequestId"]
    with pytest.raises(ValueError, match="loopback"):
        make_client("https://iot.cn-shanghai.aliyuncs.com", verify_tls=False)


def test_a_vouched_certificate_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server_context = make_tls_context(tmp_path)
    trusting = ssl.create_default_context(cafile=tmp_path / "loopback.pem")
    monkeypatch.setattr(transport, "_tls_context", lambda _verify: trusting)
    with WireServer(answer(DONE), tls=server_context) as server, make_client(server.url) as client:
        client.create_ota_module(make_module())
        client.list_ota_modules("a1FlqIQ0000")
        assert server.connections == 1


@pytest.mark.parametrize(("promise", "connections"), [((KEPT,), 1), ((), 2), (("Connection: close",), 3)])
def test_a_write_shares_only_a_connection_that_is_promised(promise: tuple[str, ...], connections: int) -> None:
    script = answer(DONE, 200, *promise, keep_alive="Connection: close" not in promise)
    with WireServer(script) as server, make_client(server.url) as client:
        client.list_ota_modules("a1FlqIQ0000")
        client.create_ota_module(make_module())
        client.list_ota_modules("a1FlqIQ0000")
        assert (server.connections, len(server.requests)) == (connections, 3)


def test_an_idle_connection_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_READ_IDLE_S", 0.0)
    monkeypatch.setattr(transport, "MAX_WRITE_IDLE_S", 0.0)
    with WireServer(answer(DONE, 200, KEPT)) as server, make_client(server.url) as client:
        client.list_ota_modules("a1FlqIQ0000")
        client.list_ota_modules("a1FlqIQ0000")
        client.create_ota_module(make_module())
        assert server.connections == 3


def test_a_server_that_closes_between_calls_does_no_harm() -> None:
    with WireServer(answer(DONE, keep_alive=False)) as server, make_client(server.url) as client:
        for _ in range(5):
            client.list_ota_modules("a1FlqIQ0000")
            client.create_ota_module(make_module())
            time.sleep(0.02)
        assert len(server.requests) == 10


def test_nothing_is_sent_twice_on_a_connection_that_dies() -> None:
    scripts = (answer(DONE), hang_up, answer(DONE))
    with WireServer(*scripts) as server, make_client(server.url) as client:
        client.list_ota_modules("a1FlqIQ0000")
        with pytest.raises(Unreadable, match="broke"):
            client.list_ota_modules("a1FlqIQ0000")
        assert len(server.requests) == 2
        client.list_ota_modules("a1FlqIQ0000")


def test_an_authority_of_the_system_store_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = WireServer(answer(DONE), tls=make_tls_context(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "loopback.pem"))
    transport._tls_context.cache_clear()
    with server, make_client(server.url) as client:
        assert client.create_ota_module(make_module()).request_id == DONE["RequestId"]
    transport._tls_context.cache_clear()


def test_neither_proxy_nor_netrc_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with WireServer(answer(DONE, 200, "Set-Cookie: a=b")) as server, make_tuya_client(server.url) as client:
        client.create_ota_module(make_module())
        client.create_ota_module(make_module())
        sent = b"".join(server.requests).lower()
    assert b"authorization" not in sent
    assert b"cookie" not in sent


def test_a_request_that_leaves_only_in_part_is_unknown() -> None:
    endless = make_module(desc="x" * 20_000_000)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with make_tuya_client(url) as client, pytest.raises(Unknown, match="in time"):
            client.create_ota_module(endless)


@pytest.mark.parametrize("scheme", SignatureScheme)
def test_the_bytes_sent_are_the_bytes_signed(scheme: SignatureScheme) -> None:
    module = make_module(alias_name="条码 +*~/&=%'\"", desc="")
    with WireServer(answer(DONE)) as server, make_client(server.url, scheme=scheme) as client:
        client.create_ota_module(module)
        request = server.requests[0]
    assert b"AliasName=%E6%9D%A1%E7%A0%81%20%2B%2A~%2F%26%3D%25%27%22&" in request
    assert b"Desc=&" in request
    assert b"accept-encoding: identity\r\n" in request.lower()


def test_a_refusal_is_told_after_trouble_too() -> None:
    refusal = answer({"RequestId": "R1", "Success": False, "Code": "iot.prod.NotExistedProduct"})
    with WireServer(hang_up, refusal) as server, make_client(server.url) as client:
        with pytest.raises(Unknown):
            client.create_ota_module(make_module())
        with pytest.raises(Refused) as raised:
            client.create_ota_module(make_module())
    assert isinstance(raised.value, PlatformError)
    assert raised.value.code == "iot.prod.NotExistedProduct"
