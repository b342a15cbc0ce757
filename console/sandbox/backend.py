"""What every operation works with, and the checks several of them share."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.sandbox.database import Database
from console.sandbox.errors import BusinessError
from console.sandbox.records import Product, Tenant
from console.sandbox.state import State

PRODUCT_KEY = re.compile(r"[A-Za-z0-9]{4,32}")


@dataclass(slots=True, kw_only=True)
class Settings:
    """What the control interface can switch at run time.

    `list_default_module`: ListOTAModuleByProduct shows the built-in `default` (not published either way).
    `tuya_doc`: Tuya answers a list of exactly one as a single object, as its documentation shows it.
    `disabled_keys`: access key ids answered with InvalidAccessKeyId.Inactive.
    """

    list_default_module: bool = False
    tuya_doc: bool = False
    disabled_keys: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The platform behind the gateway."""

    database: Database
    state: State
    region: str
    settings: Settings


Parameters = Mapping[str, str]
Payload = dict[str, Any]
Handler = Callable[[Backend, Tenant, Parameters], Payload]


def now_ms() -> int:
    """Return milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def without_absent(fields: Payload) -> Payload:
    """Drop the fields that have no value: the platforms leave them out."""
    return {name: value for name, value in fields.items() if value is not None}


def load_product(backend: Backend, tenant: Tenant, parameters: Parameters) -> Product:
    """Return the product a call names; raises BusinessError when the key is blank, malformed or unknown."""
    product_key = parameters["ProductKey"]
    if not product_key:
        raise BusinessError("iot.prod.NullProductKey")
    if not PRODUCT_KEY.fullmatch(product_key):
        raise BusinessError("iot.prod.InvalidFormattedProductkey")
    product = backend.state.find_product(tenant, product_key)
    if product is None:
        raise BusinessError("iot.prod.NotExistedProduct")
    return product
