"""The client against the sandbox: two readings of the same documents, written apart, must agree."""

from collections.abc import Callable, Iterator

import pytest

from console.platforms.client import PlatformClient
from console.platforms.errors import NotSent, PlatformError, Refused, Throttled, Unknown, Unreadable
from console.platforms.types import (
    Connection,
    Credentials,
    ModuleSpec,
    Platform,
    ProductChange,
    ProductSpec,
    SignatureScheme,
    Timeouts,
)
from console.sandbox.server import Sandbox
from tests.platforms.make import make_module

KEY = Credentials(access_key_id="sandbox-id", access_key_secret="sandbox-secret")
LIGHT = ProductSpec(
    product_name="Light",
    node_type=0,
    data_format=1,
    description="灯 +*~/&=%",
    aliyun_commodity_code="iothub_senior",
    protocol_type="modbus",
    auth_type="secret",
    category_key="Lighting",
    publish_auto=False,
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=False) as running:
        yield running


def client_of(sandbox: Sandbox, scheme: SignatureScheme, credentials: Credentials = KEY) -> PlatformClient:
    timeouts = Timeouts(connect_s=2, read_s=0.5, total_s=2)
    connection = Connection(
        platform=Platform.ALIBABA,
        endpoint=sandbox.url,
        region="cn-shanghai",
        scheme=scheme,
        timeouts=timeouts,
    )
    return PlatformClient(connection, credentials)


def tuya_client_of(sandbox: Sandbox, http_method: str = "") -> PlatformClient:
    connection = Connection(platform=Platform.TUYA, endpoint=sandbox.tuya_url, http_method=http_method)
    return PlatformClient(connection, KEY)


@pytest.mark.parametrize("scheme", SignatureScheme)
def test_a_product_and_its_modules_on_alibaba(sandbox: Sandbox, scheme: SignatureScheme) -> None:
    with client_of(sandbox, scheme) as client:
        created = client.create_product(LIGHT).value
        key = created.product_key
        assert (created.description, created.protocol_type) == (LIGHT.description, "modbus")
        assert created.product_secret
        client.create_ota_module(ModuleSpec(product_key=key, module_name="mcu", alias_name="主控", desc="a b"))
        client.update_ota_module(ModuleSpec(product_key=key, module_name="mcu", alias_name="MCU"))
        (module,) = client.list_ota_modules(key).value
        assert (module.module_name, module.alias_name, module.desc) == ("mcu", "MCU", "a b")
        assert module.created_at is not None
        client.update_product(ProductChange(product_key=key, product_name="Lamp", description=None))
        queried = client.query_product(key).value
        assert (queried.product_name, queried.category_key, queried.owner) == ("Lamp", "Lighting", True)
        page = client.query_product_list(1, 10).value
        assert (page.total, [product.product_key for product in page.products]) == (1, [key])
        assert "Lighting" in {category.category_key for category in client.list_thing_templates().value}
        client.delete_ota_module(key, "mcu")
        assert client.list_ota_modules(key).value == ()
        client.delete_product(key)
        with pytest.raises(Refused) as raised:
            client.query_product(key)
    assert raised.value.code == "iot.prod.NotExistedProduct"


@pytest.mark.parametrize("http_method", ["", "POST"])
def test_a_registered_product_on_tuya(sandbox: Sandbox, http_method: str) -> None:
    key = sandbox.control.create_tuya_product("Ble_lamp")["product_key"]
    with tuya_client_of(sandbox, http_method) as client:
        assert client.query_product(key).value.product_name == "Ble_lamp"
        assert client.query_product_list(1).value.total == 1
        client.create_ota_module(ModuleSpec(product_key=key, module_name="ble", alias_name="蓝牙"))
        assert [module.alias_name for module in client.list_ota_modules(key).value] == ["蓝牙"]


@pytest.mark.parametrize("scheme", SignatureScheme)
def test_a_wrong_secret_is_refused(sandbox: Sandbox, scheme: SignatureScheme) -> None:
    wrong = Credentials(access_key_id="sandbox-id", access_key_secret="other-secret")
    with client_of(sandbox, scheme, wrong) as client, pytest.raises(Refused) as raised:
        client.create_product(LIGHT)
    assert raised.value.code == "SignatureDoesNotMatch"
    assert "sandbox-id" not in raised.value.message


FAULTS: list[tuple[str, type[PlatformError], bool]] = [
    ("drop_before", Unknown, False),
    ("drop_after", Unknown, True),
    ("error_before", Unknown, False),
    ("error_after", Unknown, True),
    ("hang_before", Unknown, False),
    ("hang_after", Unknown, True),
    ("system_exception_before", Unknown, False),
    ("system_exception_after", Unknown, True),
    ("nonce_used", Unknown, False),
    ("throttle", Throttled, False),
    ("truncate", Unknown, True),
    ("break_off", Unknown, True),
    ("not_json", Unknown, True),
]


@pytest.mark.parametrize(("kind", "expected", "done"), FAULTS)
@pytest.mark.parametrize("scheme", SignatureScheme)
def test_a_fault_is_told_for_what_it_is(
    sandbox: Sandbox, scheme: SignatureScheme, kind: str, expected: type[PlatformError], done: bool
) -> None:
    with client_of(sandbox, scheme) as client:
        key = client.create_product(LIGHT).value.product_key
        sandbox.control.add_fault(kind, "CreateOTAModule")
        sandbox.control.clear_calls()
        with pytest.raises(expected):
            client.create_ota_module(make_module(product_key=key))
        assert len(sandbox.control.calls()) == 1
        assert bool(client.list_ota_modules(key).value) is done


@pytest.mark.parametrize("kind", ["wrong_content_type", "wrong_case"])
def test_a_fault_of_form_alone_does_no_harm(sandbox: Sandbox, kind: str) -> None:
    with client_of(sandbox, SignatureScheme.ACS3) as client:
        sandbox.control.add_fault(kind)
        assert client.create_product(LIGHT).value.product_name == "Light"


def test_a_read_that_fails_is_unreadable(sandbox: Sandbox) -> None:
    with client_of(sandbox, SignatureScheme.ACS3) as client:
        sandbox.control.add_fault("not_json", "QueryProductList")
        with pytest.raises(Unreadable):
            client.query_product_list(1)


@pytest.mark.parametrize(
    "call", [lambda client: client.query_product("a1"), lambda client: client.create_product(LIGHT)]
)
def test_a_sandbox_that_is_gone(call: Callable[[PlatformClient], object]) -> None:
    with Sandbox(limits=False) as sandbox:
        client = client_of(sandbox, SignatureScheme.ACS3)
    with client, pytest.raises(NotSent):
        call(client)
