"""The four things that people do to a platform, through the pages, and whether the platform's own state shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import requests

from tests.faults.person import Person

Products = Sequence[dict[str, Any]]
CHANGED = "Changed by hand"


class Target(Protocol):
    """What a deed is done to. `name` is of the thing itself, `product_id` and `module_id` of the console's rows."""

    slug: str
    name: str
    product_id: str
    module_id: str
    product_key: str


@dataclass(frozen=True, slots=True)
class Deed:
    """`call` is the one write it makes; `count` tells how often the platform shows its effect."""

    name: str
    call: str
    do: Callable[[Person, Target], requests.Response]
    count: Callable[[Products, Target], int]
    needs_module: bool = False

    @property
    def needs_product(self) -> bool:
        return self.call != "CreateProduct"


def _create_product(person: Person, target: Target) -> requests.Response:
    return person.fill_in("/products/new/", account=target.slug, product_name=target.name)


def _create_module(person: Person, target: Target) -> requests.Response:
    return person.fill_in(f"/products/{target.product_id}/modules/new/", module_name=target.name, desc="as asked")


def _update_module(person: Person, target: Target) -> requests.Response:
    return person.fill_in(f"/modules/{target.module_id}/edit/", desc=CHANGED)


def _delete_module(person: Person, target: Target) -> requests.Response:
    return person.fill_in(f"/modules/{target.module_id}/delete/")


def _products_named(products: Products, target: Target) -> int:
    return sum(each["product_name"] == target.name for each in products)


def _modules(products: Products, target: Target) -> list[dict[str, Any]]:
    same = [module for each in products if each["product_key"] == target.product_key for module in each["modules"]]
    return [module for module in same if module["module_name"].lower() == target.name.lower()]


CREATE_PRODUCT = Deed("create product", "CreateProduct", _create_product, _products_named)
CREATE_MODULE = Deed(
    "create module", "CreateOTAModule", _create_module, lambda shown, target: len(_modules(shown, target))
)
UPDATE_MODULE = Deed(
    "update module",
    "UpdateOTAModule",
    _update_module,
    lambda shown, target: sum(module["desc"] == CHANGED for module in _modules(shown, target)),
    needs_module=True,
)
DELETE_MODULE = Deed(
    "delete module",
    "DeleteOTAModule",
    _delete_module,
    lambda shown, target: int(not _modules(shown, target)),
    needs_module=True,
)
DEEDS = (CREATE_PRODUCT, CREATE_MODULE, UPDATE_MODULE, DELETE_MODULE)
