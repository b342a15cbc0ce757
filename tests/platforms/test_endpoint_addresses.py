"""Where a call may end is judged by the address that is connected to, whatever the endpoint's name meant before."""

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest

from console.platforms import transport
from console.platforms.addresses import Reach
from console.platforms.endpoints import check_reach
from console.platforms.errors import NotSent
from tests.platforms.make import DONE, make_client, make_module, make_tls_context
from tests.platforms.wire_server import WireServer, answer

NAME = "iot.example.com"
Resolve = Callable[..., None]
REFUSED = "not at a public address"


class Resolver:
    """Answers with one list of addresses after the other, the last one for ever; numbers mean themselves."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self._real = socket.getaddrinfo

    def __call__(self, host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        if not any(letter.isalpha() for letter in host) or ":" in host:
            return self._real(host, port, *args, **options)
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(_family(address), socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Resolver]:
    def install(*answers: list[str]) -> Resolver:
        resolver = Resolver(*answers)
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        return resolver

    return install


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that something tried to connect to; none of them answers."""
    tried: list[str] = []

    def connect(_socket: socket.socket, address: tuple[Any, ...]) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.5"],
        ["169.254.169.254"],
        ["100.100.100.200"],
        ["0.0.0.0"],
        ["::1"],
        ["fd00::5"],
        ["fe80::1"],
        ["::ffff:10.0.0.5"],
        ["2002:a00:5::1"],
        ["64:ff9b::a00:5"],
        ["10.0.0.5", "192.168.0.1", "::1"],
    ],
)
@pytest.mark.parametrize("reach", [Reach.PUBLIC, Reach.LOOPBACK])
def test_a_name_of_a_private_address_is_never_connected_to(
    resolve: Resolve, dialled: list[str], addresses: list[str], reach: Reach
):
    resolve(addresses)
    with make_client(f"https://{NAME}", reach=reach) as client, pytest.raises(NotSent, match=REFUSED):
        client.create_ota_module(make_module())
    assert dialled == []


def test_of_several_addresses_only_the_public_one_is_connected_to(resolve: Resolve, dialled: list[str]):
    resolve(["10.0.0.5", "47.102.1.2", "127.0.0.1"])
    with make_client(f"https://{NAME}") as client, pytest.raises(NotSent, match="refused the connection"):
        client.create_ota_module(make_module())
    assert dialled == ["47.102.1.2"]


def test_what_was_judged_is_what_is_connected_to(resolve: Callable[..., Resolver], dialled: list[str]):
    resolver = resolve(["47.102.1.2"], ["127.0.0.1"])
    with make_client(f"https://{NAME}") as client, pytest.raises(NotSent):
        client.create_ota_module(make_module())
    assert (resolver.asked, dialled) == ([NAME], ["47.102.1.2"])


def test_a_name_that_turns_private_between_two_calls_is_refused_then(resolve: Resolve, dialled: list[str]):
    resolve(["47.102.1.2"], ["10.0.0.5"])
    with make_client(f"https://{NAME}") as client:
        with pytest.raises(NotSent, match="refused the connection"):
            client.create_ota_module(make_module())
        with pytest.raises(NotSent, match=REFUSED):
            client.create_ota_module(make_module())
    assert dialled == ["47.102.1.2"]


@pytest.mark.parametrize("address", ["10.0.0.5", "192.168.0.1", "100.64.0.9", "fd00::5", "127.0.0.1"])
def test_the_setting_opens_private_networks(resolve: Resolve, dialled: list[str], address: str):
    resolve([address])
    with make_client(f"https://{NAME}", reach=Reach.PRIVATE) as client, pytest.raises(NotSent):
        client.create_ota_module(make_module())
    assert dialled == [address]


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0"])
def test_the_setting_does_not_open_what_no_platform_lives_at(resolve: Resolve, dialled: list[str], address: str):
    resolve([address])
    with make_client(f"https://{NAME}", reach=Reach.PRIVATE) as client, pytest.raises(NotSent, match=REFUSED):
        client.create_ota_module(make_module())
    assert dialled == []


def test_localhost_that_is_not_this_machine_gets_no_plain_text(resolve: Resolve, dialled: list[str]):
    resolve(["47.102.1.2"])
    with make_client("http://localhost:9") as client, pytest.raises(NotSent, match=REFUSED):
        client.create_ota_module(make_module())
    assert dialled == []


@pytest.mark.parametrize("endpoint", ["https://2130706433", "https://0x7f.1", "https://127.1", "https://0177.0.0.1"])
def test_a_loopback_address_in_disguise_is_refused(dialled: list[str], endpoint: str):
    with make_client(endpoint) as client, pytest.raises(NotSent, match=REFUSED):
        client.create_ota_module(make_module())
    assert dialled == []


def test_without_the_demonstration_this_machine_is_not_called():
    with WireServer(answer(DONE)) as server:
        with make_client(server.url, reach=Reach.PUBLIC) as client, pytest.raises(NotSent, match=REFUSED):
            client.create_ota_module(make_module())
        assert server.connections == 0


@pytest.fixture
def vouched_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """A server context with a certificate, for 127.0.0.1 alone, that the client's store knows."""
    context = make_tls_context(tmp_path)
    monkeypatch.setattr(certifi, "where", lambda: str(tmp_path / "loopback.pem"))
    transport._tls_context.cache_clear()
    yield context
    transport._tls_context.cache_clear()


def test_the_certificate_has_to_be_for_the_name_and_not_for_the_address(vouched_for: ssl.SSLContext, resolve: Resolve):
    resolve(["127.0.0.1"])
    asked_for: list[str | None] = []
    vouched_for.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    with WireServer(answer(DONE), tls=vouched_for) as server:
        by_name = f"https://{NAME}:{server.port}"
        with make_client(by_name, reach=Reach.PRIVATE) as client, pytest.raises(NotSent, match="certificate"):
            client.create_ota_module(make_module())
        with make_client(server.url, reach=Reach.PRIVATE) as client:
            assert client.create_ota_module(make_module()).request_id == DONE["RequestId"]
    assert asked_for == [NAME, None]


@pytest.mark.parametrize("endpoint", ["https://10.0.0.5", "https://[fd00::5]:8686", "https://169.254.169.254"])
def test_a_private_address_cannot_be_entered(endpoint: str):
    for reach in (Reach.PUBLIC, Reach.LOOPBACK):
        with pytest.raises(ValueError, match="ALLOW_PRIVATE_ENDPOINTS"):
            check_reach(endpoint, reach)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8686", "http://localhost", "https://[::1]:8686"])
def test_this_machine_can_be_entered_for_the_demonstration_only(endpoint: str):
    check_reach(endpoint, Reach.LOOPBACK)
    check_reach(endpoint, Reach.PRIVATE)
    with pytest.raises(ValueError, match="ALLOW_PRIVATE_ENDPOINTS"):
        check_reach(endpoint, Reach.PUBLIC)


@pytest.mark.parametrize("endpoint", ["https://iot.cn-shanghai.aliyuncs.com", "https://47.102.1.2"])
def test_a_name_or_a_public_address_can_be_entered(endpoint: str):
    for reach in Reach:
        check_reach(endpoint, reach)
