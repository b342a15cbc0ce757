"""Products: created on a platform or registered from one, read again, searched."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from console.models import Account, Action, Module, Operation, Outcome, Product, User
from console.models.operation import MAY_EXIST
from console.platforms import types
from console.platforms.client import parameters_of
from console.platforms.errors import NotSent, PlatformError, Refused, Unreadable
from console.platforms.rules import (
    DEFAULT_MODULE,
    MAX_CUSTOM_MODULES,
    check_product_key,
    fold,
)
from console.platforms.types import Answer, Platform, ProductChange, ProductSpec
from console.services import audit, cache, ledger
from console.services.accounts import client_for, take_turns
from console.services.errors import ReadFailedError, RulesBrokenError
from console.services.intents import Intent, tell_broken
from console.services.operations import perform
from console.services.paging import Order, Page, page
from console.services.product_deeds import is_gone
from console.services.rules import refuse_broken

ORDERS = {
    "name": Order(fields=("product_name", "id")),
    "newest": Order(fields=("created_at", "id"), descending=True),
    "stalest": Order(fields=("verified_at", "id")),
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSearch:
    """The filters of the product list; an empty one does not filter."""

    text: str = ""
    account: str = ""
    node_type: str = ""
    order: str = "newest"


def find_products(*, search: ProductSearch, cursor: str = "", size: int = 50) -> Page[Product]:
    """A page of products, those that are gone included, with the account and the creator at hand."""
    products = Product.objects.select_related("account", "created_by")
    if search.text:
        products = products.filter(Q(product_name__icontains=search.text) | Q(product_key__istartswith=search.text))
    if search.account:
        products = products.filter(account__slug=search.account)
    if search.node_type in {"0", "1"}:
        products = products.filter(node_type=int(search.node_type))
    return page(products, order=ORDERS.get(search.order, ORDERS["newest"]), cursor=cursor, size=size)


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
    present = present_modules().filter(product__in=keys).exclude(folded_name=DEFAULT_MODULE)
    opening = Operation.objects.filter(product__in=keys, action=Action.MODULE_CREATE, state__in=MAY_EXIST)
    used: dict[UUID, set[str]] = {key: set() for key in keys}
    unsettled: dict[UUID, set[str]] = {key: set() for key in keys}
    for key, name in present.values_list("product", "folded_name"):
        used[key].add(name)
    for key, name in opening.values_list("product", "target_name"):
        # The platform may have shown it meanwhile: then it fills its slot already.
        unsettled[key] |= {fold(name)} - used[key]
    return {key: Slots(used=len(used[key]), unsettled=len(unsettled[key])) for key in keys}


def present_modules() -> QuerySet[Module]:
    return Module.objects.filter(vanished_at=None)


def unsettled_of(product: Product) -> list[Operation]:
    """The operations on a product that are under way or unknown, oldest first."""
    return list(
        Operation.objects.select_related("actor")
        .filter(product=product, state__in=MAY_EXIST)
        .order_by("created_at", "id")
    )
