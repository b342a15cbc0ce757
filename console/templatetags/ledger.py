"""What forms say of operations that are still open on the thing they are about."""

from django import template

from console.models import Module, Operation, Product
from console.services.ledger import find_open_on

register = template.Library()


@register.inclusion_tag("_shared/unsettled.html")
def unsettled_on(thing: Product | Module) -> dict[str, list[Operation]]:
    """Say what is not settled yet on a product or a module, before anybody has typed; nothing when all is."""
    kind = "module." if isinstance(thing, Module) else "product."
    return {"open_operations": [operation for operation in find_open_on(thing) if operation.action.startswith(kind)]}
