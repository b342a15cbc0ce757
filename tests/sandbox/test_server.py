"""The server itself: sockets, restarts, rubbish, many clients, the command line."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from console.sandbox.database import Database
from console.sandbox.errors import INVENTED
from console.sandbox.faults import KINDS
from console.sandbox.nonces import PURGE_EVERY, Nonces
from console.sandbox.server import Sandbox, is_loopback
from tests.sandbox.caller import Caller, rpc_parameters, send, signatures

DOCUMENT = Path(__file__).parents[2] / "docs" / "sandbox.md"


def raw(sandbox, data):
    """Send bytes, close the sending side and return whatever comes back."""
    host, _, port = sandbox.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET / HTTP/9\r\n\r\n", 400),
        (b"GET http://evil.example/ HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nname : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n", 431),
        (b"GET /" + b"x" * 70_000, 431),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    ],
)
def test_rubbish_gets_its_status(sandbox, data, status):
    assert raw(sandbox, data).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    "data", [b"", b"GET / HTTP/1.1\r\nHost: x", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nshort"]
)
def test_clients_that_leave_early_are_no_event(sandbox, alibaba, capfd, data):
    raw(sandbox, data)
    alibaba.ok("ListThingTemplates")
    assert capfd.readouterr().err == ""


def test_a_client_that_resets_is_no_event(sandbox, alibaba, capfd):
    host, _, port = sandbox.url.removeprefix("http://").partition(":")
    for _ in range(20):
        client = socket.create_connection((host, int(port)))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client.close()
    alibaba.ok("ListThingTemplates")
    assert capfd.readouterr().err == ""


def test_one_connection_many_calls(sandbox):
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    ports = set()
    for _ in range(5):
        signed = rpc_parameters("GET", {"Action": "ListThingTemplates"})
        connection.request("GET", f"/?{signatures.canonical_query(signed)}")
        ports.add(connection.sock.getsockname()[1])
        assert connection.getresponse().read().endswith(b'"Success":true}')
    connection.close()
    assert len(ports) == 1


def test_old_clients_and_polite_ones_are_closed(sandbox):
    assert b"Connection: close" in raw(sandbox, b"GET / HTTP/1.0\r\n\r\n")
    assert b"Connection: close" in raw(sandbox, b"GET / HTTP/1.1\r\nConnection: Close\r\n\r\n")


def test_expect_continue(sandbox):
    answer = raw(sandbox, b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 ")


def test_a_huge_body_is_refused_in_words(sandbox):
    assert send(sandbox.url, "POST", "/", b"x" * 5_000_000).status == 413


def test_a_broken_file_is_a_failure_of_the_server(sandbox, alibaba):
    sandbox._database.change("DROP TABLE module")
    answer = alibaba.call("ListOTAModuleByProduct", ProductKey=alibaba.product())
    assert (answer.status, answer.json()["Code"]) == (500, "InternalError")


def test_nonces_are_forgotten_when_no_request_can_carry_them_any_more():
    database = Database(":memory:")
    nonces = Nonces(database)
    assert nonces.remember("key", "old", 0)
    assert not nonces.remember("key", "old", 1800)
    for number in range(PURGE_EVERY):
        nonces.remember("key", str(number), 1801)
    assert nonces.remember("key", "old", 1801)
    database.close()


def test_head_gets_no_body(sandbox):
    assert raw(sandbox, b"HEAD / HTTP/1.1\r\n\r\n").endswith(b"\r\n\r\n")


def test_many_clients_at_once_make_one_module(sandbox, alibaba):
    key = alibaba.product()
    codes = []

    def create():
        answer = alibaba.call("CreateOTAModule", ProductKey=key, ModuleName="scanner")
        codes.append(answer.json().get("Code", "created"))

    clients = [threading.Thread(target=create) for _ in range(40)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert sorted(codes) == ["created"] + ["iot.ota.sandbox.ModuleNameExisted"] * 39


def test_state_and_nonces_survive_a_restart(tmp_path):
    data = tmp_path / "sandbox.sqlite3"
    with Sandbox(data=data) as first:
        caller = Caller(first.url)
        key = caller.product()
        caller.ok("CreateOTAModule", ProductKey=key, ModuleName="scanner", SignatureNonce="old")
    with Sandbox(data=data) as second:
        caller = Caller(second.url)
        replayed = caller.call("CreateOTAModule", ProductKey=key, ModuleName="ble", SignatureNonce="old")
        assert replayed.json()["Code"] == "SignatureNonceUsed"
        [row] = caller.ok("ListOTAModuleByProduct", ProductKey=key)["Data"]
        assert row["ModuleName"] == "scanner"


def test_a_port_in_use_leaves_nothing_open():
    with Sandbox() as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Sandbox(tuya_port=port)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com", ""])
def test_only_this_machine(host):
    assert not is_loopback(host)
    with pytest.raises(ValueError, match="not a loopback address"):
        Sandbox(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_addresses(host):
    assert is_loopback(host)


def start(*options):
    command = [sys.executable, "-m", "console.sandbox", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_line_from_start_to_stop(tmp_path, number):
    data = tmp_path / "new" / "sandbox.sqlite3"
    ports = ("--port", "0", "--tuya-port", "0")
    with start(*ports, "--data", str(data), "--key", "me:mine", "--no-limits") as process:
        ready = re.fullmatch(r"sandbox ready alibaba=(\S+) tuya=(\S+)\n", process.stdout.readline())
        caller = Caller(ready[1])
        caller.ok("ListThingTemplates", secret="mine", AccessKeyId="me")
        assert send(ready[2], "GET", "/_sandbox/state").status == 200
        process.send_signal(number)
        assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--host", "0.0.0.0"), "not a loopback address"),
        (("--key", "nosecret"), "--key takes ID:SECRET"),
        (("--port", "99999"), "port must be 0-65535"),
        (("--data", "/dev/null/x/sandbox.sqlite3"), "/dev/null"),
    ],
)
def test_command_line_says_in_one_line_why_not(options, problem):
    with start("--port", "0", "--tuya-port", "0", "--data", ":memory:", *options) as process:
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err.count("\n")) == (1, "", 1)
    assert problem in err


def test_command_line_names_the_port_in_use(sandbox):
    port = sandbox.url.rpartition(":")[2]
    with start("--port", port, "--tuya-port", "0", "--data", ":memory:") as process:
        _, err = process.communicate(timeout=10)
    assert (process.returncode, err.count("\n")) == (1, 1)
    assert port in err


@pytest.mark.parametrize("word", [*INVENTED, *KINDS])
def test_the_document_names_what_is_invented_and_every_fault(word):
    assert f"`{word}`" in DOCUMENT.read_text(encoding="utf-8")
