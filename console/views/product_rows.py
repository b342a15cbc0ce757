"""Products as the list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.forms import product_choices as choices
from console.models import Product
from console.services.slots import Slots, slots_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One product of the list, with how its modules stand."""

    product: Product
    kind: str
    slots: Slots

    @property
    def unsettled_word(self) -> str:
        return f"{self.slots.unsettled} unknown"


def rows_of(products: Sequence[Product]) -> list[Row]:
    """The rows of a page of products, however many, with the slots from two queries."""
    slots = slots_of(products)
    return [Row(product=product, kind=kind_of(product), slots=slots[product.pk]) for product in products]


def kind_of(product: Product) -> str:
    """What a product is and how it connects: "Device · Wi-Fi"; what the platform did not tell is left out."""
    node_type = "" if product.node_type is None else choices.word(choices.NODE_TYPES, product.node_type)
    if product.protocol_type:
        link = choices.word(choices.PROTOCOL_TYPES, product.protocol_type)
    else:
        link = choices.word(choices.NET_TYPES, product.net_type)
    return " · ".join(word for word in (node_type, link) if word)
