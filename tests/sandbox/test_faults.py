"""Every kind of misbehaviour, and whether the call was carried out."""

import http.client
import json
import threading
import time

import pytest

from console.sandbox.faults import KINDS
from console.sandbox.server import Sandbox
from tests.sandbox.caller import Caller, rpc_parameters, signatures


def modules(sandbox):
    return [module["module_name"] for module in sandbox.control.state()["products"][0]["modules"]]


@pytest.fixture
def create(alibaba):
    key = alibaba.product()
    return lambda: alibaba.call("CreateOTAModule", ProductKey=key, ModuleName="scanner")


# kind -> how the answer looks, whether the module is there afterwards.
ANSWERS = {
    "error_before": ((500, "InternalError"), False),
    "error_after": ((500, "InternalError"), True),
    "throttle": ((400, "Throttling.User"), False),
    "nonce_used": ((400, "SignatureNonceUsed"), False),
    "system_exception_before": ((200, "iot.system.SystemException"), False),
    "system_exception_after": ((200, "iot.system.SystemException"), True),
}
# kind -> whether the module is there, when nothing or nothing legible comes back.
SILENCES = {"drop_before": False, "drop_after": True, "hang_before": False, "hang_after": True}
GARBLED = ("truncate", "not_json", "break_off")
OTHERS = ("delay", "wrong_content_type", "wrong_case")


def test_every_kind_is_tested_here():
    assert set(KINDS) == {*ANSWERS, *SILENCES, *GARBLED, *OTHERS}


@pytest.mark.parametrize("kind", ANSWERS)
def test_refusals_before_and_after_the_commit(sandbox, create, kind):
    sandbox.control.add_fault(kind, "CreateOTAModule")
    answer = create()
    expected, carried_out = ANSWERS[kind]
    assert (answer.status, answer.json()["Code"]) == expected
    assert modules(sandbox) == ["scanner"] * carried_out
    entry = sandbox.control.calls()[-1]
    assert (entry["fault"], entry["executed"]) == (kind, carried_out)


def test_status_of_an_error_can_be_chosen(sandbox, create):
    sandbox.control.add_fault("error_before", status=503)
    answer = create()
    assert (answer.status, answer.json()["Code"]) == (503, "ServiceUnavailable")


@pytest.mark.parametrize("kind", SILENCES)
def test_no_answer(sandbox, create, kind):
    sandbox.control.add_fault(kind, "CreateOTAModule", seconds=0.2)
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        create()
    assert modules(sandbox) == ["scanner"] * SILENCES[kind]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_drop_is_a_reset(sandbox, create, kind):
    sandbox.control.add_fault(kind)
    with pytest.raises(ConnectionResetError) as caught:
        create()
    assert not isinstance(caught.value, http.client.RemoteDisconnected)


@pytest.mark.parametrize("kind", GARBLED)
def test_illegible_answers_come_after_the_commit(sandbox, create, kind):
    sandbox.control.add_fault(kind)
    with pytest.raises((json.JSONDecodeError, http.client.IncompleteRead)):
        create().json()
    assert modules(sandbox) == ["scanner"]


def test_not_json_is_a_page_with_status_200(sandbox, create):
    sandbox.control.add_fault("not_json")
    answer = create()
    assert (answer.status, answer.content_type, answer.body[:6]) == (200, "text/html", b"<html>")


def test_break_off_announces_more_than_it_sends(sandbox, create):
    sandbox.control.add_fault("break_off")
    with pytest.raises(http.client.IncompleteRead):
        create()


def test_wrong_content_type(sandbox, create):
    sandbox.control.add_fault("wrong_content_type")
    answer = create()
    assert (answer.content_type, answer.json()["Success"]) == ("text/html", True)


def test_wrong_case(sandbox, create, tuya):
    sandbox.control.add_fault("wrong_case", times=2)
    assert create().json()["success"] is True
    answer = tuya.call("QueryProductList", CurrentPage="1", PageSize="1")
    assert answer.json()["Data"]["List"]["ProductInfo"] == []


def test_delay_holds_the_commit_back(sandbox, create):
    sandbox.control.add_fault("delay", "CreateOTAModule", seconds=0.4)
    client = threading.Thread(target=create)
    client.start()
    time.sleep(0.1)
    assert modules(sandbox) == []
    client.join()
    assert modules(sandbox) == ["scanner"]


def test_a_delayed_call_is_carried_out_though_the_client_has_left(sandbox, alibaba):
    sandbox.control.add_fault("delay", seconds=0.4)
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=0.1)
    with pytest.raises(TimeoutError):
        send_impatiently(connection, "CreateProduct", ProductName="Lamp", NodeType="0")
    connection.close()
    assert sandbox.control.state()["products"] == []
    while not sandbox.control.calls():
        time.sleep(0.02)
    assert len(sandbox.control.state()["products"]) == 1


def test_a_hang_ends_when_the_client_gives_up(sandbox, alibaba):
    sandbox.control.add_fault("hang_before", seconds=60)
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=0.2)
    with pytest.raises(TimeoutError):
        send_impatiently(connection, "ListThingTemplates")
    connection.close()
    alibaba.ok("ListThingTemplates")


def send_impatiently(connection, action, **parameters):
    signed = rpc_parameters("GET", {"Action": action, **parameters})
    connection.request("GET", f"/?{signatures.canonical_query(signed)}")
    connection.getresponse()


def test_the_next_n_calls(sandbox, alibaba):
    sandbox.control.add_fault("throttle", "ListThingTemplates", times=2)
    assert [alibaba.call("ListThingTemplates").status for _ in range(3)] == [400, 400, 200]


def test_other_operations_and_platforms_are_left_alone(sandbox, alibaba, tuya):
    sandbox.control.add_fault("throttle", "QueryProductList", platform="tuya")
    alibaba.ok("ListThingTemplates")
    alibaba.ok("QueryProductList", CurrentPage="1", PageSize="1")
    assert tuya.call("QueryProductList", CurrentPage="1", PageSize="1").status == 400


def test_faults_come_in_the_order_they_were_added(sandbox, alibaba):
    sandbox.control.add_fault("error_before", status=502)
    sandbox.control.add_fault("error_before", status=504)
    assert [alibaba.call("ListThingTemplates").status for _ in range(3)] == [502, 504, 200]


def test_a_call_turned_away_uses_no_fault_up(sandbox, alibaba):
    sandbox.control.add_fault("error_before")
    alibaba.call("ListThingTemplates", secret="wrong")
    assert alibaba.call("ListThingTemplates").status == 500


def test_business_refusals_still_lose_their_answer(sandbox, alibaba):
    sandbox.control.add_fault("drop_after")
    with pytest.raises(ConnectionResetError):
        alibaba.call("QueryProduct", ProductKey="")
    entry = sandbox.control.calls()[-1]
    assert (entry["outcome"], entry["executed"]) == ("iot.prod.NullProductKey", True)


@pytest.mark.parametrize(
    "figures",
    [{"kind": "explode"}, {"times": 0}, {"seconds": -1}, {"seconds": 4000}, {"status": 404}],
)
def test_impossible_faults(sandbox, figures):
    with pytest.raises(ValueError, match="must be"):
        sandbox.control.add_fault(**{"kind": "delay", **figures})


def test_stopping_ends_delays_and_hangs():
    sandbox = Sandbox()
    sandbox.start()
    sandbox.control.add_fault("hang_before", seconds=60)
    sandbox.control.add_fault("delay", seconds=60)
    caller = Caller(sandbox.url)
    clients = [threading.Thread(target=_ignore_failure, args=(caller,)) for _ in range(2)]
    for client in clients:
        client.start()
    while len(sandbox.control.faults()):
        time.sleep(0.01)
    began = time.monotonic()
    sandbox.stop()
    for client in clients:
        client.join()
    assert time.monotonic() - began < 5


def _ignore_failure(caller):
    try:
        caller.call("ListThingTemplates")
    except (OSError, http.client.HTTPException):
        return
