"""The control interface: what it can do, and who may ask."""

import json

import pytest

from console.sandbox.errors import BusinessError
from tests.sandbox.caller import send

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def ask(sandbox):
    def ask(method, path, content=None, *, url=None, **headers):
        body = None if content is None else json.dumps(content).encode()
        sent = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return send(url or sandbox.url, method, f"/_sandbox/{path}", body, sent)

    return ask


@pytest.mark.parametrize("port", ["url", "tuya_url"])
def test_a_walk_through_every_route(sandbox, ask, port):
    url = getattr(sandbox, port)
    made = ask("POST", "products", {"product_name": "Ble_lamp", "platform": "tuya"}, url=url).json()
    path = f"products/{made['product_key']}"
    assert ask("PATCH", path, {"device_count": 2}, url=url).json()["device_count"] == 2
    ask("POST", f"{path}/modules", {"module_name": "ble", "alias_name": "BLE"}, url=url)
    changed = ask("PATCH", f"{path}/modules/ble", {"module_name": "ble2"}, url=url).json()
    assert (changed["module_name"], changed["alias_name"]) == ("ble2", "BLE")
    assert ask("PATCH", "settings", {"tuya_doc": True}, url=url).status == 200
    assert ask("POST", "faults", {"kind": "delay", "seconds": 1}, url=url).status == 200
    state = ask("GET", "state", url=url).json()
    assert [module["module_name"] for module in state["products"][0]["modules"]] == ["ble2"]
    assert state["settings"]["tuya_doc"] is True
    assert [fault["kind"] for fault in ask("GET", "faults", url=url).json()] == ["delay"]
    assert ask("DELETE", "faults", url=url).status == 200
    assert ask("DELETE", f"{path}/modules/ble2", url=url).status == 200
    assert ask("DELETE", path, url=url).status == 200
    assert ask("GET", "state", url=url).json()["products"] == []


def test_reset(ask, alibaba):
    alibaba.product()
    ask("POST", "faults", {"kind": "delay"})
    assert ask("POST", "reset").status == 200
    assert ask("GET", "state").json()["products"] == ask("GET", "faults").json() == []
    assert ask("GET", "calls").json() == []


def test_calls_carry_no_secrets(ask, alibaba):
    alibaba.product(SignatureNonce="the-nonce")
    answer = ask("GET", "calls")
    [entry] = answer.json()
    assert (entry["action"], entry["method"], entry["outcome"]) == ("CreateProduct", "POST", "OK")
    for secret in ("sandbox-id", "sandbox-secret", "the-nonce", "Signature"):
        assert secret not in answer.text()
    assert ask("DELETE", "calls").status == 200
    assert ask("GET", "calls").json() == []


def test_state_shows_no_product_secret(ask, alibaba):
    secret = alibaba.ok("CreateProduct", ProductName="Lamp", NodeType="0")["Data"]["ProductSecret"]
    assert secret not in ask("GET", "state").text()


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "nothing", None, 404),
        ("PUT", "state", None, 404),
        ("PATCH", "products/a1unknown11", {"device_count": 1}, 404),
        ("DELETE", "products/a1unknown11", None, 404),
        ("DELETE", "products/a1unknown11/modules/x", None, 404),
        ("PATCH", "products/a1unknown11/modules/x", {"desc": "d"}, 404),
        ("POST", "products/a1unknown11/modules", {"module_name": "x"}, 404),
        ("POST", "products", {"product_name": "x"}, 400),
        ("POST", "products", {"product_name": "Lamp", "platform": "moon"}, 404),
        ("POST", "products", {}, 400),
        ("POST", "products", [], 400),
        ("POST", "faults", {"kind": "explode"}, 400),
        ("POST", "faults", {"kind": "delay", "times": "3"}, 400),
        ("POST", "faults", {"kind": "delay", "colour": 1}, 404),
        ("PATCH", "settings", {"colour": True}, 404),
        ("PATCH", "settings", {"tuya_doc": "yes"}, 400),
    ],
)
def test_mistakes(ask, method, path, content, status):
    answer = ask(method, path, content)
    assert (answer.status, bool(answer.json()["error"])) == (status, True)


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_not_json(sandbox, body):
    assert send(sandbox.url, "POST", "/_sandbox/products", body, JSON).status == 400


@pytest.mark.parametrize(
    "changes",
    [{"device_count": "3"}, {"device_count": -1}, {"product_name": None}, {"created_ms": 10**17}],
)
def test_columns_keep_their_types(ask, alibaba, changes):
    assert ask("PATCH", f"products/{alibaba.product()}", changes).status == 400


def test_a_name_that_is_taken(ask, alibaba):
    alibaba.product("One1")
    assert ask("PATCH", f"products/{alibaba.product('Two2')}", {"product_name": "One1"}).status == 400


def test_what_may_not_be_changed(ask, alibaba):
    assert ask("PATCH", f"products/{alibaba.product()}", {"product_secret": "x"}).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "evil.example:8686"},
        {"Host": "127.0.0.1.evil.example"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
)
def test_web_pages_stay_outside(ask, alibaba, headers):
    key = alibaba.product()
    assert ask("PATCH", f"products/{key}", {"device_count": 1}, **headers).status == 403
    assert ask("GET", "state").json()["products"][0]["device_count"] == 0


@pytest.mark.parametrize("host", ["localhost:8686", "127.0.0.1", "[::1]:8686"])
def test_local_names_are_let_in(ask, host):
    assert ask("GET", "state", Host=host).status == 200


def test_the_same_rules_as_the_vendors_console(sandbox):
    sandbox.control.create_tuya_product("Ble_lamp")
    with pytest.raises(BusinessError, match="AlreadyExistedProductName"):
        sandbox.control.create_tuya_product("Ble_lamp")


def test_a_product_key_of_ones_own(sandbox, tuya):
    sandbox.control.create_tuya_product("Ble_lamp", product_key="a1uctKe1234", node_type=1)
    assert tuya.ok("QueryProduct", ProductKey="a1uctKe1234")["data"]["nodeType"] == 1
