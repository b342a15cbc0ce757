"""Products as the list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.forms import product_choices as choices
from console.models import Product
from console.services.drift_items import open_on_products
from console.services.slots import Slots, slots_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One product of the list, with how its modules stand and how many changes outside wait for a person."""

    product: Product
    kind: str
    slots: Slots
    drift: int

    @property
    def unsettled_word(self) -> str:
        return f"{self.slots.unsettled} unknown"

    @property
    def drift_word(self) -> str:
        return f"{self.drift} drift"


def rows_of(products: Sequence[Product]) -> list[Row]:
    """The rows of a page of products, however many, from three queries."""
    slots, drift = slots_of(products), open_on_products(products)
    return [
        Row(product=product, kind=kind_of(product), slots=slots[product.pk], drift=len(drift[product.pk]))
        for product in products
    ]


def kind_of(product: Product) -> str:
    """What a product is and how it connects: "Device · Wi-Fi"; what the platform did not tell is left out."""
    node_type = "" if product.node_type is None else choices.word(choices.NODE_TYPES, product.node_type)
    if product.protocol_type:
        link = choices.word(choices.PROTOCOL_TYPES, product.protocol_type)
    else:
        link = choices.word(choices.NET_TYPES, product.net_type)
    return " · ".join(word for word in (node_type, link) if word)
