"""What a person or a test may do to the platforms behind the console's back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints

from console.sandbox.backend import Backend, now_ms
from console.sandbox.dialects import BY_NAME
from console.sandbox.engine import Engine
from console.sandbox.faults import Fault
from console.sandbox.limits import RateLimiter
from console.sandbox.modules import create_module
from console.sandbox.products import create_product
from console.sandbox.records import Module, Product, Tenant

FIXED = {"platform", "instance", "product_key", "product_secret"}
# Column -> its type, for what may be changed.
PRODUCT_COLUMNS = {name: kind for name, kind in get_type_hints(Product).items() if name not in FIXED}
MODULE_COLUMNS = {name: kind for name, kind in get_type_hints(Module).items() if name not in FIXED}
# Milliseconds since the epoch up to here, the year 5138, are times that Python can write.
MAX_NUMBER = 10**14
CONSOLE_DEFAULTS = {"NodeType": "0", "AliyunCommodityCode": "iothub_senior", "DataFormat": "1"}


class Control:
    """The verbs of the control interface; the same over HTTP under `/_sandbox/`.

    Unknown names raise LookupError, impossible values ValueError, a refusal by the platform's own rules
    BusinessError.
    """

    def __init__(self, engine: Engine, limiter: RateLimiter) -> None:
        self._engine = engine
        self._backend: Backend = engine.backend
        self._limiter = limiter

    def state(self) -> dict[str, Any]:
        """Return products with their modules, waiting faults and settings, as JSON types. No secrets."""
        return {
            "products": [self._product(product) for product in self._backend.state.all_products()],
            "faults": self._engine.faults.as_json(),
            "settings": dataclasses.asdict(self._backend.settings),
        }

    def reset(self) -> None:
        """Delete all products, modules, faults and calls; count queries per second from zero."""
        self._backend.state.reset()
        self._engine.faults.clear()
        self._engine.journal.clear()
        self._limiter.reset()

    def change_settings(self, **changes: Any) -> None:
        """Set switches of `backend.Settings`; raises LookupError for one that does not exist."""
        current = dataclasses.asdict(self._backend.settings)
        _check_names(changes, set(current))
        for name, value in changes.items():
            if type(value) is not type(current[name]):
                raise ValueError(f"{name} has the wrong type")
            setattr(self._backend.settings, name, value)

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that arrived, oldest first: see `journal.Entry`."""
        return self._engine.journal.as_json()

    def clear_calls(self) -> None:
        """Forget the calls that arrived so far."""
        self._engine.journal.clear()

    def create_product(
        self, product_name: str, *, platform: str = "alibaba", instance: str = "", **fields: Any
    ) -> dict[str, Any]:
        """Create a product as in the vendor's own console and return it.

        `fields` are CreateProduct's parameters in snake case and, on request, a `product_key` of your own.
        """
        wanted_key = fields.pop("product_key", None)
        sent = {**CONSOLE_DEFAULTS, **_parameters({"product_name": product_name, **fields})}
        tenant = Tenant(platform=BY_NAME[platform].name, instance=instance)
        with self._backend.database.transaction():
            key = create_product(self._backend, tenant, sent)["ProductKey"]
            if wanted_key is not None:
                self._backend.state.change_product(key, {"product_key": wanted_key})
        return self._product(self._find_product(wanted_key or key))

    def create_tuya_product(self, product_name: str, **fields: Any) -> dict[str, Any]:
        """Create a product as in Tuya's console, the only place where Tuya's products are made."""
        return self.create_product(product_name, platform="tuya", **fields)

    def change_product(self, product_key: str, **changes: Any) -> dict[str, Any]:
        """Set columns of a product (`product_name`, `device_count`, ...) and return it."""
        _check_columns(changes, PRODUCT_COLUMNS)
        self._find_product(product_key)
        self._backend.state.change_product(product_key, changes)
        return self._product(self._find_product(product_key))

    def delete_product(self, product_key: str) -> None:
        """Delete a product and its modules."""
        if not self._backend.state.delete_product(product_key):
            raise LookupError(f"no product {product_key}")

    def create_module(self, product_key: str, module_name: str, **fields: Any) -> dict[str, Any]:
        """Create a module as in the vendor's own console and return it."""
        product = self._find_product(product_key)
        tenant = Tenant(platform=product.platform, instance=product.instance)
        sent = _parameters({"product_key": product_key, "module_name": module_name, **fields})
        with self._backend.database.transaction():
            create_module(self._backend, tenant, sent)
        return self._module(product_key, module_name)

    def change_module(self, product_key: str, module_name: str, /, **changes: Any) -> dict[str, Any]:
        """Set columns of a module (`alias_name`, `desc`, `firmware_count`, ...) and return it."""
        _check_columns(changes, MODULE_COLUMNS)
        changes.setdefault("modified_ms", now_ms())
        if not self._backend.state.change_module(product_key, module_name, changes):
            raise LookupError(f"no module {module_name} in product {product_key}")
        return self._module(product_key, changes.get("module_name", module_name))

    def delete_module(self, product_key: str, module_name: str) -> None:
        """Delete a module."""
        if not self._backend.state.delete_module(product_key, module_name):
            raise LookupError(f"no module {module_name} in product {product_key}")

    def add_fault(self, kind: str, operation: str = "*", **figures: Any) -> None:
        """Spoil the next calls: see `faults.Fault` for the figures and `faults.KINDS` for the kinds."""
        _check_names(figures, {"platform", "times", "seconds", "status"})
        self._engine.faults.add(Fault(kind=kind, operation=operation, **figures))

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults that are waiting."""
        return self._engine.faults.as_json()

    def clear_faults(self) -> None:
        """Drop the faults that are waiting."""
        self._engine.faults.clear()

    def _find_product(self, product_key: str) -> Product:
        product = self._backend.state.get_product(product_key)
        if product is None:
            raise LookupError(f"no product {product_key}")
        return product

    def _product(self, product: Product) -> dict[str, Any]:
        modules = self._backend.state.modules_of(product.product_key)
        fields = dataclasses.asdict(product)
        del fields["product_secret"]
        return fields | {"modules": [dataclasses.asdict(module) for module in modules]}

    def _module(self, product_key: str, module_name: str) -> dict[str, Any]:
        module = self._backend.state.find_module(product_key, module_name)
        if module is None:
            raise LookupError(f"no module {module_name} in product {product_key}")
        return dataclasses.asdict(module)


def _parameters(fields: Mapping[str, Any]) -> dict[str, str]:
    """Turn `product_name` into `ProductName`, as the operations know it."""
    return {
        "".join(part.capitalize() for part in name.split("_")): str(value)
        for name, value in fields.items()
        if value is not None
    }


def _check_columns(changes: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
    _check_names(changes, set(columns))
    for name, value in changes.items():
        if not isinstance(value, columns[name]):
            raise ValueError(f"{name} has the wrong type")
        if isinstance(value, int) and not 0 <= value <= MAX_NUMBER:
            raise ValueError(f"{name} must be 0 to {MAX_NUMBER}")


def _check_names(given: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise LookupError(f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
