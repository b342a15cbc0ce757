"""What the sandbox keeps: products and their modules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Whose products: a platform and the instance named by IotInstanceId ("" is the public one)."""

    platform: str
    instance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as the platform stores it; `created_ms` is milliseconds since the epoch."""

    platform: str
    instance: str
    product_key: str
    product_secret: str
    product_name: str
    node_type: int
    aliyun_commodity_code: str
    auth_type: str
    id2: bool
    validate_type: int
    created_ms: int
    data_format: int | None = None
    description: str | None = None
    protocol_type: str | None = None
    net_type: str | None = None
    join_permission_id: str | None = None
    resource_group_id: str | None = None
    category_key: str | None = None
    product_status: str = "DEVELOPMENT_STATUS"
    device_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """An OTA module; times are milliseconds since the epoch, `firmware_count` its update packages."""

    product_key: str
    module_name: str
    created_ms: int
    modified_ms: int
    alias_name: str | None = None
    desc: str | None = None
    firmware_count: int = 0
