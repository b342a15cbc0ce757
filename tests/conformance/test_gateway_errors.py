"""What the gateway refuses, as the official clients' exceptions tell it."""

import subprocess
import sys

import pytest
import time_machine
from aliyunsdkcore.acs_exception.exceptions import ClientException as OldClientException
from darabonba.exceptions import UnretryableException

from console.sandbox.server import Sandbox
from tests.conformance.clients import OldClient, RefusedError


def refuse(client, action="ListThingTemplates", **parameters):
    with pytest.raises(RefusedError) as caught:
        client.call(action, **parameters)
    return caught.value


def check(client, refusal, code, status):
    """Code, status, RequestId and class of exception, each as this client reports them."""
    assert (refusal.code, refusal.status) == (code, status)
    assert refusal.request_id.count("-") == 4
    if isinstance(client, OldClient):
        assert refusal.kind == "ServerException"
    else:
        assert refusal.kind == ("ClientException" if status < 500 else "ServerException")
        assert refusal.message.startswith(f"code: {status}, ")
        assert refusal.message.endswith(f"request id: {refusal.request_id}")


def test_unknown_key(sandbox, client_type):
    client = client_type(sandbox.url, key="nobody")
    refusal = refuse(client)
    check(client, refusal, "InvalidAccessKeyId.NotFound", 404)
    assert "Specified access key is not found." in refusal.message


def test_wrong_secret(sandbox, client_type):
    client = client_type(sandbox.url, secret="wrong")
    # The old client renames the code when the string to sign it is shown equals its own.
    code = "InvalidAccessKeySecret" if client_type is OldClient else "SignatureDoesNotMatch"
    check(client, refuse(client), code, 400)


def test_disabled_key(sandbox, client):
    sandbox.control.change_settings(disabled_keys=["sandbox-id"])
    check(client, refuse(client), "InvalidAccessKeyId.Inactive", 400)


def test_nonce_replay(client, monkeypatch):
    monkeypatch.setattr(client.nonce, lambda *_: "0123456789abcdef")
    assert client.call("ListThingTemplates")["Success"] is True
    check(client, refuse(client), "SignatureNonceUsed", 400)


def test_throttling(client_type):
    with Sandbox(limits={"ListThingTemplates": 1}) as sandbox:
        client = client_type(sandbox.url)
        client.call("ListThingTemplates")
        check(client, refuse(client), "Throttling.User", 400)


@pytest.mark.parametrize(
    ("action", "method"),
    [("CreateOTAModule", "GET"), ("UpdateOTAModule", "GET"), ("ListOTAModuleByProduct", "POST")],
)
def test_method(client, action, method):
    refusal = refuse(client, action, method=method, ProductKey="a1NoSuchKey")
    check(client, refusal, "UnsupportedHTTPMethod", 400)


@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("CreateOTAModule", {"ModuleName": "ble"}, "MissingProductKey"),
        ("CreateProduct", {"ProductName": "Lamp"}, "MissingNodeType"),
        ("QueryProductList", {"CurrentPage": 1}, "MissingPageSize"),
    ],
)
def test_missing_parameter(client, action, parameters, code):
    check(client, refuse(client, action, **parameters), code, 400)


def test_parameter_of_the_wrong_type(client):
    refusal = refuse(client, "CreateProduct", ProductName="Lamp", NodeType="zero")
    check(client, refusal, "InvalidNodeType", 400)


@pytest.mark.parametrize(("status", "code"), [(500, "InternalError"), (503, "ServiceUnavailable")])
def test_failure_of_the_server(sandbox, client, status, code):
    sandbox.control.add_fault("error_before", status=status)
    check(client, refuse(client), code, status)


def test_dropped_connection(sandbox, client):
    sandbox.control.add_fault("drop_before")
    with pytest.raises((OldClientException, UnretryableException)):
        client.call("ListThingTemplates")


@pytest.fixture(scope="module")
def other_process():
    """Serve from a process whose clock the tests do not move."""
    options = ["--port", "0", "--tuya-port", "0", "--data", ":memory:"]
    command = [sys.executable, "-m", "console.sandbox", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[2].removeprefix("alibaba=")
        process.terminate()


@pytest.mark.parametrize("shift_s", [-3600, 3600])
def test_expired_time(other_process, client_type, shift_s):
    import time

    client = client_type(other_process)
    with time_machine.travel(time.time() + shift_s):
        check(client, refuse(client), "InvalidTimeStamp.Expired", 400)
