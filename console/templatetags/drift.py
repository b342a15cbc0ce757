"""What waits for a person beside the products and modules that a page shows."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import template

from console.models import DriftItem, Module, Product
from console.services import drift_items

register = template.Library()


@register.simple_tag
def drift_on_product(product: Product) -> list[DriftItem]:
    """Find the open drift of a product and its modules, newest first."""
    return drift_items.open_on_products([product])[product.pk]


@register.simple_tag
def drift_on_modules(modules: Iterable[Module]) -> dict[UUID, DriftItem]:
    """Find the newest open drift of each module of a list, in one query."""
    return drift_items.open_on_modules(modules)


@register.filter
def of(found: Mapping[UUID, Any], key: UUID) -> Any:
    """Give what was found of one row; empty when nothing was."""
    return found.get(key, "")
