"""Secrets that a person may be shown: once a form. The trail knows before the value leaves, and never learns it."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from console.lib.sealing import SealBrokenError
from console.models import Outcome, Product, SpentForm, User
from console.services import audit
from console.services.accounts import sealer
from console.services.errors import SecretBrokenError, SecretUnknownError, ShownBeforeError

DOES_NOT_OPEN = "it does not open with the present sealing keys"


def reveal(*, product: Product, reason: str, form_token: UUID, actor: User) -> str:
    """The ProductSecret, for `actor` alone, once the trail says so. Raises SecretUnknownError when the platform has
    not told it yet, SecretBrokenError when what is stored does not open, ShownBeforeError when this form has shown it.
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
        with transaction.atomic(durable=True):
            audit.append(replace(event, outcome=Outcome.UNREADABLE, message=DOES_NOT_OPEN))
        raise SecretBrokenError(product) from error
    # Durable: what is told must not be rolled back with something else after the value has left.
    with transaction.atomic(durable=True):
        _, is_first = SpentForm.objects.get_or_create(token=form_token)
        if not is_first:
            raise ShownBeforeError
        audit.append(event)
    return secret
