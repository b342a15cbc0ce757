"""The banner of the accounts whose platforms are out of reach."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from console.models import Account, Circuit
from console.services import circuit

register = template.Library()


@register.inclusion_tag("_shared/circuits.html", takes_context=True)
def circuit_banners(context: Context) -> dict[str, Any]:
    """Tell, for everybody with a role, which accounts of those that the page concerns are out of reach."""
    circuits = circuit.find_open(reader=context["request"].user) if context.get("roles") else []
    account = _account_of(context)
    if account:
        circuits = [found for found in circuits if found.account_id == account.pk]
    return {"circuits": circuits, "can": context.get("can"), "request": context.get("request")}


def _account_of(context: Context) -> Account | None:
    """The one account that a page is about; None for a page about all of them."""
    for name in ("product", "run", "operation"):
        if thing := context.get(name):
            account: Account = thing.account
            return account
    chosen: Account | None = context.get("chosen_account")
    return chosen


@register.filter
def why(of: Circuit) -> str:
    """Say as a sentence why an account is out of reach."""
    return circuit.why(of)


@register.filter
def is_ahead(of: Circuit) -> bool:
    """Tell whether the next probe has a time that is still to come."""
    return bool(of.probe_at and of.probe_at > timezone.now())
