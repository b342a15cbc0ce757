"""From a decoded answer to products, modules and categories (docs/protocol.md, "Answers")."""

from typing import Any

from console.platforms.decode import MalformedError, Object
from console.platforms.reader import Reader
from console.platforms.types import Category, Module, Product, ProductPage

# QueryProduct answers with a number where CreateProduct takes a name; LORA's number is not published.
_NET_TYPES = {"3": "WIFI", "6": "CELLULAR", "7": "ETHERNET", "8": "OTHER"}


def created_product(answer: Object) -> Product:
    """Decode CreateProduct; the key stands in Data, beside it, or in both (Alibaba: CreateProduct)."""
    outer = Reader(answer).text("ProductKey")
    data = _objects(answer.get("data"), "Data")
    if len(data) > 1:
        raise MalformedError("The answer has more than one product.")
    inner = data[0] if data else {}
    key = Reader(inner).text("ProductKey") or outer
    if outer and outer != key:
        raise MalformedError("The answer names two ProductKeys.")
    return _product({**inner, "productkey": key})


def queried_product(answer: Object) -> Product:
    """Decode QueryProduct (Alibaba: QueryProduct)."""
    data = _objects(answer.get("data"), "Data")
    if len(data) != 1:
        raise MalformedError("The answer does not have exactly one product.")
    return _product(data[0])


def product_page(answer: Object) -> ProductPage:
    """Decode QueryProductList; without its counts nobody could tell a short list from a broken one."""
    data = _objects(answer.get("data"), "Data")
    if len(data) != 1:
        raise MalformedError("The answer has no page of products.")
    reader = Reader(data[0])
    return ProductPage(
        current_page=reader.needed_number("CurrentPage"),
        page_size=reader.needed_number("PageSize"),
        page_count=reader.needed_number("PageCount"),
        total=reader.needed_number("Total"),
        products=tuple(_product(row) for row in _rows(reader.raw("List"))),
    )


def modules(answer: Object, product_key: str) -> tuple[Module, ...]:
    """Decode ListOTAModuleByProduct: a list, one object or nothing; a row may lack its `product_key`."""
    return tuple(_module(Reader(row), product_key) for row in _objects(answer.get("data"), "Data"))


def categories(answer: Object) -> tuple[Category, ...]:
    """Decode ListThingTemplates (Alibaba: ListThingTemplates)."""
    rows = map(Reader, _objects(answer.get("data"), "Data"))
    return tuple(
        Category(category_key=row.needed_text("CategoryKey"), category_name=row.text("CategoryName")) for row in rows
    )


def nothing(_answer: Object) -> None:
    """Decode an operation that answers with success alone."""


def _rows(value: Any) -> list[Object]:
    """The rows of List: wrapped in ProductInfo, as documented, or bare."""
    wrapped = isinstance(value, dict) and "productinfo" in value
    return _objects(value["productinfo"] if wrapped else value, "List")


def _objects(value: Any, name: str) -> list[Object]:
    """Take null as none and one object as a list of one."""
    if value is None:
        return []
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows):
        raise MalformedError(f"The answer's {name} is not of a kind that is known.")
    return rows


def _product(row: Object) -> Product:
    reader = Reader(row)
    net_type = reader.text_or_number("NetType")
    return Product(
        product_key=reader.needed_text("ProductKey"),
        product_name=reader.text("ProductName"),
        node_type=reader.number("NodeType"),
        data_format=reader.number("DataFormat"),
        description=reader.text("Description"),
        aliyun_commodity_code=reader.text("AliyunCommodityCode"),
        auth_type=reader.text("AuthType"),
        category_key=reader.text("CategoryKey"),
        category_name=reader.text("CategoryName"),
        net_type=_NET_TYPES.get(net_type, net_type),
        protocol_type=reader.text("ProtocolType"),
        product_status=reader.text("ProductStatus"),
        id2=reader.flag("Id2"),
        owner=reader.flag("Owner"),
        validate_type=reader.number("ValidateType"),
        device_count=reader.number("DeviceCount"),
        created_at=reader.moment("GmtCreate"),
        product_secret=reader.text("ProductSecret"),
    )


def _module(reader: Reader, product_key: str) -> Module:
    return Module(
        product_key=reader.text("ProductKey") or product_key,
        module_name=reader.needed_text("ModuleName"),
        alias_name=reader.text("AliasName"),
        desc=reader.text("Desc"),
        created_at=reader.moment("GmtCreate"),
        modified_at=reader.moment("GmtModified"),
    )
