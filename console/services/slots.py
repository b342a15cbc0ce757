"""The ten places for modules that a product has, and how many of them are in use or being settled."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from console.models import Action, Module, Operation, Product
from console.models.operation import MAY_EXIST
from console.platforms.rules import DEFAULT_MODULE, MAX_CUSTOM_MODULES, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """How many of a product's ten custom modules are used, and how many are being settled."""

    used: int
    unsettled: int

    @property
    def states(self) -> list[str]:
        cells = ["used"] * self.used + ["unsettled"] * self.unsettled
        return (cells + ["free"] * MAX_CUSTOM_MODULES)[:MAX_CUSTOM_MODULES]

    @property
    def free(self) -> int:
        return max(0, MAX_CUSTOM_MODULES - self.used - self.unsettled)


def slots_of(products: Iterable[Product]) -> dict[UUID, Slots]:
    """The slots of each product, in two queries; at most ten names a product are read for it."""
    keys = [product.pk for product in products]
    present = Module.objects.filter(product__in=keys, vanished_at=None).exclude(folded_name=DEFAULT_MODULE)
    opening = Operation.objects.filter(product__in=keys, action=Action.MODULE_CREATE, state__in=MAY_EXIST)
    used: dict[UUID, set[str]] = {key: set() for key in keys}
    unsettled: dict[UUID, set[str]] = {key: set() for key in keys}
    for key, name in present.values_list("product", "folded_name"):
        used[key].add(name)
    for key, name in opening.values_list("product", "target_name"):
        # The platform may have shown it meanwhile: then it fills its slot already.
        unsettled[key] |= {fold(name)} - used[key]
    return {key: Slots(used=len(used[key]), unsettled=len(unsettled[key])) for key in keys}
