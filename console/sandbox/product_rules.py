"""What a platform checks before it creates or changes a product (Alibaba: CreateProduct, UpdateProduct)."""

from __future__ import annotations

import re

from console.sandbox.backend import Backend, Parameters
from console.sandbox.errors import BusinessError, missing_business
from console.sandbox.parameters import read_boolean, read_integer, read_text
from console.sandbox.records import Tenant
from console.sandbox.templates import TEMPLATES

BASIC, SENIOR = "iothub", "iothub_senior"
NET_TYPES = ("WIFI", "CELLULAR", "ETHERNET", "LORA", "OTHER")
PROTOCOL_TYPES = ("modbus", "opc-ua", "customize", "ble", "zigbee")
AUTH_TYPES = ("secret", "id2", "x509")
ID2_REGION = "cn-shanghai"
# The widest of the published alphabets: the console's, with Chinese as in the Chinese documentation.
PRODUCT_NAME = re.compile(r"[A-Za-z0-9_@()\-\u3400-\u4dbf\u4e00-\u9fff]+")


def read_product_name(parameters: Parameters) -> str:
    """Return a valid ProductName: 4 to 30 characters, where a Chinese one counts two."""
    name = parameters["ProductName"]
    if not name:
        raise BusinessError("iot.prod.NullProductName")
    length = sum(1 if character.isascii() else 2 for character in name)
    if not PRODUCT_NAME.fullmatch(name) or not 4 <= length <= 30:
        raise BusinessError("iot.prod.InvalidFormattedProductName")
    return name


def check_name_free(backend: Backend, tenant: Tenant, name: str, except_key: str = "") -> None:
    """Refuse a name that another product of the account and instance has."""
    if backend.state.product_name_taken(tenant, name, except_key=except_key):
        raise BusinessError("iot.prod.AlreadyExistedProductName")


def read_description(parameters: Parameters) -> str | None:
    """Return the Description, of at most 100 characters."""
    description = read_text(parameters, "Description")
    if description is not None and len(description) > 100:
        raise BusinessError("iot.prod.LongProductDesc")
    return description


def read_node_type(parameters: Parameters) -> int:
    """Return 0 for a device or 1 for a gateway."""
    node_type = read_integer(parameters, "NodeType")
    if node_type is None:
        raise missing_business("NodeType")
    if node_type not in (0, 1):
        raise BusinessError("iot.prod.InvalidNodeType")
    return node_type


def read_edition(parameters: Parameters) -> str:
    """Return the AliyunCommodityCode; without one the basic edition."""
    edition = read_text(parameters, "AliyunCommodityCode") or BASIC
    if edition not in (BASIC, SENIOR):
        raise BusinessError("iot.prod.InvalidAliyunCommodityCode")
    return edition


def read_data_format(parameters: Parameters, edition: str) -> int | None:
    """Return 0 (custom) or 1 (Alink JSON), which a product with a TSL model must have."""
    data_format = read_integer(parameters, "DataFormat")
    if data_format is None and edition == SENIOR:
        raise BusinessError("iot.prod.sandbox.DataFormatRequired")
    if data_format not in (None, 0, 1):
        raise BusinessError("iot.prod.sandbox.InvalidDataFormat")
    return data_format


def read_protocol_type(parameters: Parameters) -> str | None:
    """Return the protocol between sub-device and gateway; its presence makes the product a sub-device's."""
    protocol = read_text(parameters, "ProtocolType")
    if protocol is not None and protocol not in PROTOCOL_TYPES:
        raise BusinessError("iot.prod.sandbox.InvalidProtocolType")
    return protocol


def read_net_type(parameters: Parameters, protocol_type: str | None) -> str | None:
    """Return how a directly connected device reaches the platform, WIFI when nothing is said."""
    net_type = read_text(parameters, "NetType")
    if net_type is None:
        return None if protocol_type else "WIFI"
    if net_type not in NET_TYPES:
        raise BusinessError("iot.prod.sandbox.InvalidNetType")
    if net_type == "LORA" and read_text(parameters, "JoinPermissionId") is None:
        raise BusinessError("iot.prod.sandbox.JoinPermissionIdRequired")
    return net_type


def read_auth_type(parameters: Parameters, net_type: str | None, region: str) -> str:
    """Return the AuthType, `secret` by default; Id2=true never overrules it."""
    read_boolean(parameters, "Id2")
    auth_type = read_text(parameters, "AuthType") or "secret"
    if auth_type not in AUTH_TYPES or (auth_type != "secret" and net_type == "LORA"):
        raise BusinessError("iot.prod.InvalidProductAuthType")
    if auth_type == "id2" and region != ID2_REGION:
        raise BusinessError("iot.prod.NotOpenID2Service")
    if auth_type == "x509" and region != ID2_REGION:
        raise BusinessError("iot.prod.InvalidProductAuthType")
    return auth_type


def read_validate_type(parameters: Parameters) -> int:
    """Return 1 (weak, the default) or 2 (none)."""
    validate_type = read_integer(parameters, "ValidateType")
    if validate_type not in (None, 1, 2):
        raise BusinessError("iot.prod.sandbox.InvalidValidateType")
    return validate_type or 1


def read_category(parameters: Parameters) -> str | None:
    """Return the CategoryKey, one of those ListThingTemplates names."""
    category = read_text(parameters, "CategoryKey")
    if category is not None and category not in TEMPLATES:
        raise BusinessError("iot.prod.InvalidFormattedCatId")
    return category
