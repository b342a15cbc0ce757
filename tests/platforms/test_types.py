"""What may be configured, and what may not."""

import pickle
from typing import Any

import pytest

from console.platforms.endpoints import is_loopback_endpoint, parse_endpoint
from console.platforms.errors import NotSent, PlatformError, Refused, Throttled, Unknown, Unreadable
from console.platforms.types import Connection, Credentials, Platform, SignatureScheme, Timeouts
from tests.platforms.make import SECRET, make_connection

REMOTE = "https://iot.cn-shanghai.aliyuncs.com"


@pytest.mark.parametrize(
    ("endpoint", "host", "port", "authority"),
    [
        (REMOTE, "iot.cn-shanghai.aliyuncs.com", 443, "iot.cn-shanghai.aliyuncs.com"),
        ("https://SI-d6e8.tuyacloud.com:8686", "si-d6e8.tuyacloud.com", 8686, "si-d6e8.tuyacloud.com:8686"),
        ("http://127.0.0.1:8686", "127.0.0.1", 8686, "127.0.0.1:8686"),
        ("http://localhost", "localhost", 80, "localhost"),
        ("http://[::1]:9", "::1", 9, "[::1]:9"),
    ],
)
def test_endpoints(endpoint: str, host: str, port: int, authority: str) -> None:
    parsed = parse_endpoint(make_connection(endpoint).endpoint)
    assert (parsed.host, parsed.port, parsed.authority) == (host, port, authority)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "iot.cn-shanghai.aliyuncs.com",
        "http://iot.cn-shanghai.aliyuncs.com",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://host/",
        "https://host/path",
        "https://host?query",
        "https://user:pass@host",
        "https://host:99999",
        "https://host\r\nX: y",
        "https://host\n",
        "https://-",
        "https://[::1",
        "https://[zz]",
        "https://ho st",
        "https://hôst",
        "ftp://127.0.0.1",
        "HTTPS://host",
    ],
)
def test_endpoints_that_may_not_be(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r"endpoint|[Pp]ort|IPv"):
        make_connection(endpoint)


def test_loopback() -> None:
    assert is_loopback_endpoint("https://127.0.0.2:1")
    assert not is_loopback_endpoint(REMOTE)


@pytest.mark.parametrize(
    "changes",
    [
        {"verify_tls": False},
        {"platform": Platform.TUYA, "scheme": SignatureScheme.ACS3},
        {"http_method": "PUT"},
        {"http_method": "POST"},
        {"platform": Platform.TUYA, "scheme": SignatureScheme.RPC_V1, "http_method": "get"},
    ],
)
def test_connections_that_may_not_be(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"TLS|Tuya|HTTP"):
        make_connection(REMOTE, **changes)


def test_a_connection_needs_little() -> None:
    connection = Connection(platform=Platform.TUYA, endpoint="https://si-1.tuyacloud.com:8686")
    assert connection.scheme is SignatureScheme.RPC_V1
    assert connection.timeouts == Timeouts(connect_s=5.0, read_s=10.0, total_s=15.0)
    assert connection.verify_tls


@pytest.mark.parametrize("seconds", [0, -1, 3600, float("nan"), float("inf")])
def test_timeouts_that_may_not_be(seconds: float) -> None:
    with pytest.raises(ValueError, match="time-out"):
        Timeouts(total_s=seconds)


@pytest.mark.parametrize("key_id", ["", "a b", "a,b", "a\r\nb", "键", "a\x7f"])
def test_key_ids_that_may_not_be(key_id: str) -> None:
    with pytest.raises(ValueError, match="access key id") as raised:
        Credentials(access_key_id=key_id, access_key_secret=SECRET)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("secret", ["", "a\nb", "\0"])
def test_secrets_that_may_not_be(secret: str) -> None:
    with pytest.raises(ValueError, match="secret is empty or"):
        Credentials(access_key_id="LTAI.x-y_z", access_key_secret=secret)


@pytest.mark.parametrize("kind", [Refused, Throttled, NotSent, Unknown, Unreadable])
def test_errors_survive_a_queue(kind: type[PlatformError]) -> None:
    error = kind("It is so.", code="X", message="y", request_id="R", http_status=400)
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), vars(copy)) == ("It is so.", vars(error))
