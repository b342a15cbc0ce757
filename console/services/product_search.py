"""Searching the cached products."""

from dataclasses import dataclass

from django.db.models import Q

from console.models import Product, User
from console.services.paging import Order, Page, page
from console.services.visibility import products_of

ORDERS = {
    "name": Order(fields=("product_name", "id")),
    "newest": Order(fields=("created_at", "id"), descending=True),
    "stalest": Order(fields=("verified_at", "id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSearch:
    """The filters of the product list; an empty one does not filter."""

    text: str = ""
    account: str = ""
    node_type: str = ""
    order: str = "newest"


def find_products(*, reader: User, search: ProductSearch, cursor: str = "", size: int = 50) -> Page[Product]:
    """A page of the products that `reader` may see, also the gone ones, with the account and the creator at hand."""
    products = products_of(reader).select_related("account", "created_by")
    if search.text:
        products = products.filter(Q(product_name__icontains=search.text) | Q(product_key__istartswith=search.text))
    if search.account:
        products = products.filter(account__slug=search.account)
    if search.node_type in {"0", "1"}:
        products = products.filter(node_type=int(search.node_type))
    return page(products, order=ORDERS.get(search.order, ORDERS["newest"]), cursor=cursor, size=size)
