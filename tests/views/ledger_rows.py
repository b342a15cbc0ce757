"""Rows of the ledger in whatever state a page is to show."""

from uuid import uuid4

from django.utils import timezone

from console.models import Operation, OperationState, Product, User


def operation(
    of: Product, actor: User, name: str = "barcodeScanner", state: str = OperationState.DONE, **columns: object
) -> Operation:
    """A create of a module, unless `columns` say otherwise."""
    usual = {
        "action": "module.create",
        "parameters": {"ProductKey": of.product_key, "ModuleName": name},
        "created_at": timezone.now(),
    }
    return Operation.objects.create(
        form_token=uuid4(),
        account=of.account,
        natural_key=f"{of.product_key}/{name}",
        target_name=name,
        state=state,
        actor=actor,
        product=of,
        **usual | columns,
    )
