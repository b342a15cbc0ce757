"""The table of operations: name, methods, mandatory parameters, what does the work."""

from __future__ import annotations

from dataclasses import dataclass

from console.sandbox import modules, products, templates
from console.sandbox.backend import Handler

ANY = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API."""

    name: str
    handler: Handler
    methods: tuple[str, ...] = ANY
    required: tuple[str, ...] = ()


MODULE = ("ProductKey", "ModuleName")
# Methods and mandatory parameters: Alibaba's OpenAPI metadata for Iot 2018-01-20.
OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("CreateProduct", products.create_product, ANY, ("ProductName", "NodeType")),
        Operation("UpdateProduct", products.update_product, ANY, ("ProductKey", "ProductName")),
        Operation("DeleteProduct", products.delete_product, ANY, ("ProductKey",)),
        Operation("QueryProduct", products.query_product, ANY, ("ProductKey",)),
        Operation("QueryProductList", products.query_product_list, ANY, ("CurrentPage", "PageSize")),
        Operation("CreateOTAModule", modules.create_module, ("POST",), MODULE),
        Operation("UpdateOTAModule", modules.update_module, ("POST",), MODULE),
        Operation("DeleteOTAModule", modules.delete_module, ("POST",), MODULE),
        Operation("ListOTAModuleByProduct", modules.list_modules, ("GET",), ("ProductKey",)),
        Operation("ListThingTemplates", templates.list_thing_templates),
        Operation("GetThingTemplate", templates.get_thing_template),
    )
}
