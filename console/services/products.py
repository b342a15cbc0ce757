"""Products: created on a platform or registered from one and read again."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from console.models import Account, Action, Operation, Outcome, Product, User
from console.platforms import types
from console.platforms.client import parameters_of
from console.platforms.errors import NotSent, PlatformError, Refused, Unreadable
from console.platforms.rules import (
    check_product_key,
    fold,
)
from console.platforms.types import Answer, Platform, ProductChange, ProductSpec
from console.services import audit, cache, ledger
from console.services.accounts import client_for, take_turns
from console.services.errors import ReadFailedError, RulesBrokenError
from console.services.intents import Intent, tell_broken
from console.services.operations import perform
from console.services.product_deeds import is_gone
from console.services.rules import refuse_broken


def create(*, account: Account, spec: ProductSpec, form_token: UUID, actor: User) -> Operation:
    """CreateProduct on behalf of `actor`. Raises RulesBrokenError, UnderWayError, FormReusedError: nothing sent."""
    return perform(
        Intent(
            form_token=form_token,
            actor=actor,
            account=account,
            action=Action.PRODUCT_CREATE,
            natural_key=spec.product_name,
            target_name=spec.product_name,
            parameters=parameters_of(spec),
        )
    )


def find_open_create(account: Account, product_name: str) -> Operation | None:
    """The create of a product of this name that is not settled."""
    return ledger.find_open(account, Action.PRODUCT_CREATE, product_name)


def update(*, product: Product, product_name: str, description: str, form_token: UUID, actor: User) -> Operation:
    """UpdateProduct: the name and the description. Raises as create does."""
    change = ProductChange(product_key=product.product_key, product_name=product_name, description=description or None)
    return perform(
        Intent(
            form_token=form_token,
            actor=actor,
            account=product.account,
            action=Action.PRODUCT_UPDATE,
            natural_key=product.product_key,
            target_name=product_name,
            parameters=parameters_of(change),
            before={"ProductName": product.product_name, "Description": product.description},
            product=product,
        )
    )


def register(*, account: Account, product_key: str, actor: User) -> Product:
    """Take a product of the platform's own console into the cache, by its ProductKey, checked with QueryProduct.

    Registering twice is harmless. Raises RulesBrokenError, or ReadFailedError when the platform does not show it.
    """
    event = audit.Event(
        action="product.register",
        outcome=Outcome.DONE,
        actor=actor,
        account=account,
        target_name=product_key,
        parameters={"ProductKey": product_key},
    )
    try:
        refuse_broken(check_product_key(Platform(account.platform), product_key))
    except RulesBrokenError as error:
        tell_broken(event, error)
        raise
    at = timezone.now()
    try:
        answer, modules = _read(account, product_key)
    except PlatformError as error:
        tell_failed_read(event, error)
        raise ReadFailedError(error) from error
    with transaction.atomic():
        take_turns(account)
        product = cache.store_product(account, answer.value, at=at, by="register product", created_by=actor)
        cache.store_modules(product, modules, at=at, by="register product")
        audit.append(replace(event, target=product, target_name=product.product_name, request_id=answer.request_id))
    return product


def refresh(*, product: Product, actor: User) -> Product:
    """Read a product and its modules again. Raises ReadFailedError; a product that the platform no longer has
    is marked as gone and returned.
    """
    event = audit.Event(
        action="product.refresh",
        outcome=Outcome.DONE,
        actor=actor,
        account=product.account,
        target=product,
        parameters={"ProductKey": product.product_key},
    )
    at = timezone.now()
    try:
        answer, modules = _read(product.account, product.product_key)
    except PlatformError as error:
        is_proof = is_gone(error)
        with transaction.atomic():
            if is_proof:
                take_turns(product.account)
                cache.mark_gone(product, at=at)
            tell_failed_read(event, error)
        if is_proof:
            return product
        raise ReadFailedError(error) from error
    with transaction.atomic():
        take_turns(product.account)
        product = cache.store_product(product.account, answer.value, at=at, by="refresh")
        cache.store_modules(product, modules, at=at, by="refresh")
        audit.append(replace(event, target=product, request_id=answer.request_id))
    return product


def _read(account: Account, product_key: str) -> tuple[Answer[types.Product], tuple[types.Module, ...]]:
    """What the platform shows now of a product and its modules. Raises PlatformError."""
    with client_for(account) as client:
        answer = client.query_product(product_key)
        if fold(answer.value.product_key) != fold(product_key):
            raise Unreadable(
                "The answer tells of another product than the one asked for.", request_id=answer.request_id
            )
        return answer, client.list_ota_modules(product_key).value


def tell_failed_read(event: audit.Event, error: PlatformError) -> None:
    """The entry of a read that the platform refused or did not answer."""
    match error:
        case Refused():
            outcome = Outcome.REFUSED
        case NotSent():
            outcome = Outcome.NOT_SENT
        case _:
            outcome = Outcome.UNREADABLE
    with transaction.atomic():
        audit.append(
            replace(
                event,
                outcome=outcome,
                request_id=error.request_id,
                http_status=error.http_status,
                code=error.code,
                message=error.message or error.reason,
            )
        )
