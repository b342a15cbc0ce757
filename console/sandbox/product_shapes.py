"""How a product looks in the answers that carry one: each operation has its own set of fields."""

from __future__ import annotations

from console.sandbox.backend import Payload, without_absent
from console.sandbox.records import Product
from console.sandbox.templates import TEMPLATES

# NetType is a word in CreateProduct and a number in QueryProduct; none is published for LORA.
NET_TYPE_NUMBERS = {"WIFI": 3, "CELLULAR": 6, "ETHERNET": 7, "OTHER": 8}


def created(product: Product) -> Payload:
    """Shape CreateProduct's Data (Alibaba: CreateProduct)."""
    return without_absent(
        {
            "AliyunCommodityCode": product.aliyun_commodity_code,
            "AuthType": product.auth_type,
            "DataFormat": product.data_format,
            "Description": product.description,
            "Id2": product.id2,
            "NodeType": product.node_type,
            "ProductKey": product.product_key,
            "ProductName": product.product_name,
            "ProductSecret": product.product_secret,
            "ProtocolType": product.protocol_type,
            "ResourceGroupId": product.resource_group_id,
        }
    )


def details(product: Product) -> Payload:
    """Shape QueryProduct's Data (Alibaba: QueryProduct)."""
    category = TEMPLATES.get(product.category_key or "")
    return without_absent(
        {
            **row(product),
            "AliyunCommodityCode": product.aliyun_commodity_code,
            "CategoryKey": product.category_key,
            "CategoryName": category and category[0],
            "Id2": product.id2,
            "NetType": NET_TYPE_NUMBERS.get(product.net_type or ""),
            "Owner": True,
            "ProductSecret": product.product_secret,
            "ProductStatus": product.product_status,
            "ProtocolType": product.protocol_type,
            "ValidateType": product.validate_type,
        }
    )


def row(product: Product) -> Payload:
    """Shape one row of QueryProductList, which leaves out edition, NetType and secret."""
    return without_absent(
        {
            "AuthType": product.auth_type,
            "DataFormat": product.data_format,
            "Description": product.description,
            "DeviceCount": product.device_count,
            "GmtCreate": product.created_ms,
            "NodeType": product.node_type,
            "ProductKey": product.product_key,
            "ProductName": product.product_name,
        }
    )
