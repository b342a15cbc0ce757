"""Searching the cached modules."""

from dataclasses import dataclass

from django.db.models import Q

from console.models import Module, Product, User
from console.services.paging import Order, Page, page
from console.services.visibility import modules_of as modules_seen_by

ORDERS = {
    "name": Order(fields=("module_name", "id")),
    "newest": Order(fields=("created_at", "id"), descending=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSearch:
    """The filters of the module list; an empty one does not filter."""

    text: str = ""
    account: str = ""
    order: str = "newest"


def find_modules(*, reader: User, search: ModuleSearch, cursor: str = "", size: int = 50) -> Page[Module]:
    """A page of the modules that `reader` may see, over all products, with product, account and creator at hand."""
    modules = modules_seen_by(reader).select_related("product__account", "created_by")
    if search.text:
        modules = modules.filter(
            Q(module_name__icontains=search.text)
            | Q(alias_name__icontains=search.text)
            | Q(product__product_name__icontains=search.text)
        )
    if search.account:
        modules = modules.filter(product__account__slug=search.account)
    return page(modules, order=ORDERS.get(search.order, ORDERS["newest"]), cursor=cursor, size=size)


def modules_of(product: Product) -> list[Module]:
    """All modules of a product, the present ones first."""
    return list(
        Module.objects.select_related("created_by").filter(product=product).order_by("vanished_at", "folded_name")
    )
