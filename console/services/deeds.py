"""Every write of the console."""

from collections.abc import Mapping
from types import MappingProxyType

from console.models import Action, Operation
from console.services.deed import Deed
from console.services.module_deeds import MODULE_CREATE, MODULE_DELETE, MODULE_UPDATE
from console.services.product_deeds import PRODUCT_CREATE, PRODUCT_UPDATE

DEEDS: Mapping[Action, Deed] = MappingProxyType(
    {
        Action.PRODUCT_CREATE: PRODUCT_CREATE,
        Action.PRODUCT_UPDATE: PRODUCT_UPDATE,
        Action.MODULE_CREATE: MODULE_CREATE,
        Action.MODULE_UPDATE: MODULE_UPDATE,
        Action.MODULE_DELETE: MODULE_DELETE,
    }
)


def deed_of(operation: Operation) -> Deed:
    return DEEDS[Action(operation.action)]
