"""The product operations (Alibaba: Product management)."""

from __future__ import annotations

import secrets
import string

from console.sandbox import product_rules as rules
from console.sandbox import product_shapes as shapes
from console.sandbox.backend import Backend, Parameters, Payload, load_product, now_ms
from console.sandbox.errors import BusinessError
from console.sandbox.parameters import read_boolean, read_integer, read_text
from console.sandbox.records import Product, Tenant

MAX_PRODUCTS = 1000
MAX_PAGE_SIZE = 200
ALPHABET = string.ascii_letters + string.digits


def create_product(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: CreateProduct."""
    product = _build_product(backend, tenant, parameters)
    rules.check_name_free(backend, tenant, product.product_name)
    if backend.state.count_products(tenant, {}) >= MAX_PRODUCTS:
        raise BusinessError("iot.prod.ProductCountExceedMax")
    backend.state.add_product(product)
    return {"Data": shapes.created(product), "ProductKey": product.product_key}


def update_product(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: UpdateProduct. A Description that is not sent stays (not published either way)."""
    product = load_product(backend, tenant, parameters)
    name = rules.read_product_name(parameters)
    description = rules.read_description(parameters)
    rules.check_name_free(backend, tenant, name, product.product_key)
    changes = {"product_name": name}
    if "Description" in parameters:
        changes["description"] = description or ""
    backend.state.change_product(product.product_key, changes)
    return {}


def delete_product(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: DeleteProduct. Modules go with it; devices prevent it (neither is published)."""
    product = load_product(backend, tenant, parameters)
    if product.device_count:
        raise BusinessError("iot.prod.sandbox.ProductHasDevices")
    backend.state.delete_product(product.product_key)
    return {}


def query_product(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: QueryProduct."""
    return {"Data": shapes.details(load_product(backend, tenant, parameters))}


def query_product_list(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: QueryProductList. Newest first; a page past the last one is empty."""
    page, size = _read_paging(parameters)
    filters = _read_filters(parameters)
    total = backend.state.count_products(tenant, filters)
    products = backend.state.page_products(tenant, filters, offset=(page - 1) * size, size=size)
    data = {
        "CurrentPage": page,
        "List": {"ProductInfo": [shapes.row(product) for product in products]},
        "PageCount": -(-total // size),
        "PageSize": size,
        "Total": total,
    }
    return {"Code": "", "Data": data}


def _build_product(backend: Backend, tenant: Tenant, parameters: Parameters) -> Product:
    edition = rules.read_edition(parameters)
    protocol_type = rules.read_protocol_type(parameters)
    net_type = rules.read_net_type(parameters, protocol_type)
    auth_type = rules.read_auth_type(parameters, net_type, backend.region)
    read_boolean(parameters, "PublishAuto")
    return Product(
        platform=tenant.platform,
        instance=tenant.instance,
        product_key="a1" + _random_text(9),
        product_secret=_random_text(16),
        product_name=rules.read_product_name(parameters),
        node_type=rules.read_node_type(parameters),
        aliyun_commodity_code=edition,
        auth_type=auth_type,
        id2=auth_type == "id2",
        validate_type=rules.read_validate_type(parameters),
        created_ms=now_ms(),
        data_format=rules.read_data_format(parameters, edition),
        description=rules.read_description(parameters),
        protocol_type=protocol_type,
        net_type=net_type,
        join_permission_id=read_text(parameters, "JoinPermissionId"),
        resource_group_id=read_text(parameters, "ResourceGroupId"),
        category_key=rules.read_category(parameters),
    )


def _random_text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _read_paging(parameters: Parameters) -> tuple[int, int]:
    page, size = read_integer(parameters, "CurrentPage"), read_integer(parameters, "PageSize")
    if page is None or size is None or not 1 <= page <= 10**9 or not 1 <= size <= MAX_PAGE_SIZE:
        raise BusinessError("iot.common.InvalidPageParams")
    return page, size


def _read_filters(parameters: Parameters) -> dict[str, str]:
    filters = {"resource_group_id": read_text(parameters, "ResourceGroupId")}
    if read_text(parameters, "AliyunCommodityCode"):
        filters["aliyun_commodity_code"] = rules.read_edition(parameters)
    return {column: value for column, value in filters.items() if value is not None}
