"""The OTA module operations (Alibaba: CreateOTAModule and its siblings)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from console.sandbox.backend import Backend, Parameters, Payload, load_product, now_ms, without_absent
from console.sandbox.errors import BusinessError
from console.sandbox.parameters import read_text
from console.sandbox.records import Module, Product, Tenant

DEFAULT = "default"
MAX_CUSTOM_MODULES = 10
MAX_DESC = 100
MODULE_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
ALIAS_NAME = re.compile(r"[A-Za-z0-9._\-\u3400-\u4dbf\u4e00-\u9fff]{1,64}")


def create_module(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: CreateOTAModule. Names are unique in the product whatever their letter case."""
    name = _read_name(parameters)
    texts = _read_texts(parameters)
    product = load_product(backend, tenant, parameters)
    if backend.state.find_module(product.product_key, name):
        raise BusinessError("iot.ota.sandbox.ModuleNameExisted")
    if len(backend.state.modules_of(product.product_key)) >= MAX_CUSTOM_MODULES:
        raise BusinessError("iot.ota.sandbox.ModuleCountExceedMax")
    now = now_ms()
    module = Module(product_key=product.product_key, module_name=name, created_ms=now, modified_ms=now, **texts)
    backend.state.add_module(module)
    return {}


def update_module(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: UpdateOTAModule. What is not sent stays, what is sent blank is cleared (not published)."""
    name = _read_name(parameters)
    texts = _read_texts(parameters)
    module = _load_module(backend, tenant, parameters, name)
    backend.state.change_module(module.product_key, name, {**texts, "modified_ms": now_ms()})
    return {}


def delete_module(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: DeleteOTAModule. A module that contains update packages cannot be deleted."""
    name = _read_name(parameters)
    module = _load_module(backend, tenant, parameters, name)
    if module.firmware_count:
        raise BusinessError("iot.ota.sandbox.ModuleHasFirmware")
    backend.state.delete_module(module.product_key, name)
    return {}


def list_modules(backend: Backend, tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: ListOTAModuleByProduct."""
    product = load_product(backend, tenant, parameters)
    modules = backend.state.modules_of(product.product_key)
    if backend.settings.list_default_module:
        modules.insert(0, _default_module(product))
    rows = [_row(module) for module in modules]
    if tenant.platform == "tuya" and backend.settings.tuya_doc and len(rows) == 1:
        return {"Data": rows[0]}
    return {"Data": rows}


def _read_name(parameters: Parameters) -> str:
    name = parameters["ModuleName"]
    if not name:
        raise BusinessError("iot.ota.NullOtaModuleName")
    if not MODULE_NAME.fullmatch(name):
        raise BusinessError("iot.ota.InvalidOtaModuleName")
    if name.lower() == DEFAULT:
        raise BusinessError("iot.ota.sandbox.DefaultModuleForbidden")
    return name


def _read_texts(parameters: Parameters) -> dict[str, Any]:
    """Return the columns of the texts that were sent."""
    alias, desc = read_text(parameters, "AliasName"), read_text(parameters, "Desc")
    if alias is not None and not ALIAS_NAME.fullmatch(alias):
        raise BusinessError("iot.ota.sandbox.InvalidAliasName")
    if desc is not None and len(desc) > MAX_DESC:
        raise BusinessError("iot.ota.sandbox.DescTooLong")
    sent = {"alias_name": ("AliasName", alias), "desc": ("Desc", desc)}
    return {column: value for column, (name, value) in sent.items() if name in parameters}


def _load_module(backend: Backend, tenant: Tenant, parameters: Parameters, name: str) -> Module:
    product = load_product(backend, tenant, parameters)
    module = backend.state.find_module(product.product_key, name)
    if module is None:
        raise BusinessError("iot.ota.sandbox.ModuleNotFound")
    return module


def _default_module(product: Product) -> Module:
    return Module(
        product_key=product.product_key,
        module_name=DEFAULT,
        created_ms=product.created_ms,
        modified_ms=product.created_ms,
    )


def _row(module: Module) -> Payload:
    return without_absent(
        {
            "AliasName": module.alias_name,
            "Desc": module.desc,
            "GmtCreate": _minute(module.created_ms),
            "GmtModified": _minute(module.modified_ms),
            "ModuleName": module.module_name,
            "ProductKey": module.product_key,
        }
    )


def _minute(milliseconds: int) -> str:
    """Write a time as the platform does here: UTC, to the minute, `2020-10-13T09:46Z`."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")
