"""What the operations answer with, decoded: the documents' own samples first."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.platforms import results
from console.platforms.decode import MalformedError, Object, parse_json
from console.platforms.errors import Refused, Unknown, Unreadable
from console.platforms.types import Category, Module, Product, ProductPage
from tests.platforms.make import make_client, make_module, make_product, make_tuya_client
from tests.platforms.wire_server import WireServer, answer

SAMPLES = Path(__file__).parent / "samples"
BLE = Module(
    product_key="k4in4Ke****",
    module_name="ble",
    alias_name="BLEModules",
    desc="BLEModules",
    created_at=datetime(2024, 11, 11, 7, 36, tzinfo=UTC),
    modified_at=datetime(2024, 11, 11, 7, 36, tzinfo=UTC),
)


def folded(answer: Any) -> Any:
    """Fold keys the way an answer's are."""
    if isinstance(answer, dict):
        return {key.lower(): folded(value) for key, value in answer.items()}
    return [folded(item) for item in answer] if isinstance(answer, list) else answer


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def test_sample_create_product() -> None:
    with WireServer(answer(sample("create_product.json"))) as server, make_client(server.url) as client:
        answered = client.create_product(make_product(product_name="Test"))
    assert answered.request_id == "E55E50B7-40EE-4B6B-8BBE-D3ED55CCF565"
    assert answered.value == Product(
        product_key="a1FlqIQ****",
        product_name="Test",
        node_type=0,
        data_format=1,
        description="Product test",
        aliyun_commodity_code="iothub_senior",
        auth_type="secret",
        protocol_type="modbus",
        product_secret="U5tW7i44uilc****",
    )


@pytest.mark.parametrize("name", ["create_ota_module.json", "tuya_create_ota_module.json"])
def test_sample_create_ota_module(name: str) -> None:
    with WireServer(answer(sample(name))) as server, make_tuya_client(server.url) as client:
        assert client.create_ota_module(make_module()).value is None


def test_sample_list_of_modules_is_malformed_until_its_comma_is_back() -> None:
    malformed = sample("tuya_list_ota_modules.malformed.json")
    restored = malformed.replace(b'}\n    "requestId"', b'},\n    "requestId"')
    with WireServer(answer(malformed), answer(restored)) as server, make_tuya_client(server.url) as client:
        with pytest.raises(Unreadable, match="not JSON"):
            client.list_ota_modules("k4in4Ke****")
        answered = client.list_ota_modules("k4in4Ke****")
    assert answered.value == (BLE,)
    assert answered.request_id == "d2fce065-8238-4ee2-a793-0226f69b0542"


def test_sample_answers_in_xml_settle_nothing_as_json_was_asked_for() -> None:
    scripts = answer(sample("create_product.xml")), answer(sample("create_ota_module.xml"))
    with WireServer(*scripts) as server, make_client(server.url) as client:
        with pytest.raises(Unknown, match="XML"):
            client.create_product(make_product())
        with pytest.raises(Unknown, match="XML"):
            client.create_ota_module(make_module())


def test_an_error_in_xml_is_read() -> None:
    error = b"<Error><RequestId>B5CB</RequestId><Code>InvalidVersion</Code><Message>Not valid.</Message></Error>"
    with (
        WireServer(answer(error, 400)) as server,
        make_client(server.url) as client,
        pytest.raises(Refused) as raised,
    ):
        client.create_ota_module(make_module())
    assert (raised.value.code, raised.value.request_id) == ("InvalidVersion", "B5CB")


def test_a_product_that_was_made_but_cannot_be_read_is_unknown() -> None:
    body = {"RequestId": "R1", "Success": True, "Data": {"ProductName": "Light"}}
    with WireServer(answer(body)) as server, make_client(server.url) as client:
        with pytest.raises(Unknown, match="ProductKey") as raised:
            client.create_product(make_product())
        assert raised.value.request_id == "R1"
        with pytest.raises(Unreadable, match="ProductKey"):
            client.query_product("a1FlqIQ0000")


@pytest.mark.parametrize(
    "data",
    [
        {"ProductKey": "a1", "Data": None},
        {"ProductKey": "a1"},
        {"ProductKey": "a1", "Data": {"ProductKey": "a1"}},
        {"Data": {"ProductKey": "a1"}},
        {"Data": [{"productKey": "a1"}]},
    ],
)
def test_created_product_has_its_key_in_either_place(data: Object) -> None:
    assert results.created_product(folded(data)).product_key == "a1"


def test_a_product_with_everything() -> None:
    row = {
        "ProductKey": "a1FlqIQ0000",
        "ProductName": "灯",
        "NodeType": 1,
        "DataFormat": "0",
        "CategoryKey": "Lighting",
        "CategoryName": "灯",
        "NetType": 7,
        "ProductStatus": "DEVELOPMENT_STATUS",
        "Id2": "False",
        "Owner": True,
        "ValidateType": 2,
        "DeviceCount": 12,
        "GmtCreate": 1581417191000,
        "ProductSecret": "s",
        "SomethingNew": [],
    }
    product = results.queried_product(folded({"Data": row}))
    assert (product.net_type, product.id2, product.owner, product.data_format) == ("ETHERNET", False, True, 0)
    assert product.created_at == datetime(2020, 2, 11, 10, 33, 11, tzinfo=UTC)
    assert product.device_count == 12
    assert "'s'" not in repr(product)


@pytest.mark.parametrize(
    ("net_type", "text"),
    [
        (3, "WIFI"),
        ("3", "WIFI"),
        (6, "CELLULAR"),
        (8, "OTHER"),
        (4, "4"),
        ("LORA", "LORA"),
        (None, ""),
        ("", ""),
    ],
)
def test_net_type_as_text_or_number(net_type: object, text: str) -> None:
    data = {"data": {"productkey": "a1", "nettype": net_type}}
    assert results.queried_product(data).net_type == text


MOMENTS = [
    ("2020-10-13T09:46Z", datetime(2020, 10, 13, 9, 46, tzinfo=UTC)),
    ("2024-11-11 T07:36Z", datetime(2024, 11, 11, 7, 36, tzinfo=UTC)),
    ("2024-11-11T11:11:11Z", datetime(2024, 11, 11, 11, 11, 11, tzinfo=UTC)),
    ("2024-11-11T11:11:11.000Z", datetime(2024, 11, 11, 11, 11, 11, tzinfo=UTC)),
    ("2024-11-11T11:11:11.25Z", datetime(2024, 11, 11, 11, 11, 11, 250_000, tzinfo=UTC)),
    (1_581_417_191_123, datetime(2020, 2, 11, 10, 33, 11, 123_000, tzinfo=UTC)),
    ("1581417191000", datetime(2020, 2, 11, 10, 33, 11, tzinfo=UTC)),
    (0, datetime(1970, 1, 1, tzinfo=UTC)),
    (None, None),
    ("", None),
]


@pytest.mark.parametrize(("written", "moment"), MOMENTS)
def test_times_in_all_published_forms(written: object, moment: datetime | None) -> None:
    (module,) = results.modules({"data": {"modulename": "ble", "gmtcreate": written}}, "a1")
    assert module.created_at == moment


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "2024-13-11T07:36Z",
        "2024-11-11T25:36Z",
        "2024-11-11",
        "2024-11-11T07:36",
        "2024-11-11T07:36+08:00",
        -1,
        10**17,
        10**30,
        True,
        1.5,
        [],
        "٢٠٢٤-11-11T07:36Z",
    ],
)
def test_other_times_are_errors(written: object) -> None:
    with pytest.raises(MalformedError, match="GmtCreate"):
        results.modules({"data": {"modulename": "ble", "gmtcreate": written}}, "a1")


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ([{"ModuleName": "ble"}, {"ModuleName": "mcu"}], ["ble", "mcu"]),
        ({"ModuleName": "ble"}, ["ble"]),
        ([], []),
        (None, []),
    ],
)
def test_modules_in_every_shape(data: object, names: list[str]) -> None:
    modules = results.modules(folded({"Data": data}), "a1")
    assert [module.module_name for module in modules] == names
    assert all(module.product_key == "a1" for module in modules)


def test_no_data_is_no_modules() -> None:
    assert results.modules({}, "a1") == ()


@pytest.mark.parametrize("data", [{}, [{}], "ble", 5, True, [["ble"]], [None], {"modulename": 5}, [{"modulename": ""}]])
def test_other_shapes_are_errors(data: object) -> None:
    with pytest.raises(MalformedError):
        results.modules({"data": data}, "a1")


def page(**changes: Any) -> Object:
    data: dict[str, Any] = {"CurrentPage": 1, "PageSize": 2, "PageCount": 3, "Total": 5, "List": {}}
    return dict(folded({"Data": data | changes}))


ROWS = [{"ProductKey": "a1", "ProductName": "One"}, {"ProductKey": "a2", "GmtCreate": 1581417191000}]


@pytest.mark.parametrize("rows", [{"ProductInfo": ROWS}, ROWS])
def test_product_page(rows: object) -> None:
    decoded = results.product_page(page(List=rows))
    assert (decoded.current_page, decoded.page_size, decoded.page_count, decoded.total) == (1, 2, 3, 5)
    assert [product.product_key for product in decoded.products] == ["a1", "a2"]


@pytest.mark.parametrize("rows", [None, [], {"ProductInfo": []}, {"ProductInfo": None}])
def test_a_page_past_the_end(rows: object) -> None:
    decoded = results.product_page(page(CurrentPage=9, List=rows))
    assert decoded == ProductPage(current_page=9, page_size=2, page_count=3, total=5, products=())


@pytest.mark.parametrize(
    "answer_",
    [
        {},
        {"data": None},
        {"data": []},
        page(Total=None),
        page(Total=-1),
        page(Total="many"),
        page(PageCount=None),
        page(List="x"),
        page(List={}),
        page(List={"ProductInfo": [{}]}),
        page(List=[{"ProductKey": 1}]),
    ],
)
def test_a_page_without_its_counts_or_keys_is_an_error(answer_: Object) -> None:
    with pytest.raises(MalformedError):
        results.product_page(answer_)


def test_categories() -> None:
    data = [{"CategoryKey": "Lighting", "CategoryName": "灯"}, {"CategoryKey": "Lock"}]
    assert results.categories(folded({"Data": data})) == (
        Category(category_key="Lighting", category_name="灯"),
        Category(category_key="Lock"),
    )


@pytest.mark.parametrize("data", [[], [{"ProductKey": "a1"}, {"ProductKey": "a2"}], None])
def test_query_product_wants_exactly_one(data: object) -> None:
    with pytest.raises(MalformedError):
        results.queried_product(folded({"Data": data}))


def test_text_that_nothing_could_store_is_made_harmless() -> None:
    (module,) = results.modules(parse_json(rb'{"Data": {"ModuleName": "ble", "Desc": "a\ud800\u0000\u706f"}}'), "a1")
    assert module.desc == "a?\ufffd灯"


def test_two_keys_are_an_error() -> None:
    with pytest.raises(MalformedError, match="two"):
        results.created_product(folded({"ProductKey": "a1", "Data": {"ProductKey": "a2"}}))


WORDS = "productkey productname nodetype nettype gmtcreate modulename aliasname id2 categorykey"
FIELDS = st.sampled_from(["data", "list", "productinfo", "total", "pagesize", "pagecount", "currentpage"]) | (
    st.sampled_from(WORDS.split())
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=12,
)


def complaint(decode: Callable[[Any], object], answer_: object) -> str:
    """What a decoder complains of, "" when it does not."""
    try:
        decode(answer_)
    except MalformedError as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize(
    "decode",
    [
        results.created_product,
        results.queried_product,
        results.product_page,
        results.categories,
        partial(results.modules, product_key="a1"),
    ],
)
@given(answer_=st.dictionaries(FIELDS, JSON, max_size=6))
def test_no_answer_crashes_a_decoder(decode: Callable[[Object], object], answer_: Object) -> None:
    assert complaint(decode, answer_)[-1:] in {"", "."}


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_crash_the_parser(body: bytes) -> None:
    assert complaint(parse_json, body)[-1:] in {"", "."}
