"""Secrets that a person may be shown. The trail knows of it before the value leaves, and never learns the value."""

from dataclasses import replace

from django.db import transaction

from console.lib.sealing import SealBrokenError
from console.models import Outcome, Product, User
from console.services import audit
from console.services.accounts import sealer
from console.services.errors import SecretBrokenError, SecretUnknownError


def reveal(*, product: Product, reason: str, actor: User) -> str:
    """The ProductSecret, for `actor` alone, once the trail says so. Raises SecretUnknownError when the platform has
    not told it yet, SecretBrokenError when what is stored does not open.
    """
    if not product.sealed_product_secret:
        raise SecretUnknownError(product)
    event = audit.Event(
        action="product.reveal",
        outcome=Outcome.DONE,
        actor=actor,
        account=product.account,
        target=product,
        parameters={"ProductKey": product.product_key, "reason": reason},
    )
    try:
        secret = sealer().open(product.sealed_product_secret, place=product.place_of_secret)
    except SealBrokenError as error:
        _tell(replace(event, outcome=Outcome.UNREADABLE, message="it does not open with the present sealing keys"))
        raise SecretBrokenError(product) from error
    _tell(event)
    return secret


def _tell(event: audit.Event) -> None:
    # Durable: what is told must not be rolled back with something else after the value has left.
    with transaction.atomic(durable=True):
        audit.append(event)
