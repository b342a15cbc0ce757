"""Drift items: found, counted, and settled by a person who accepts, claims or ignores them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.models import DriftItem, DriftKind, DriftState, Module, Outcome, Product, User
from console.services import audit
from console.services.accounts import take_turns
from console.services.errors import DriftSettledError
from console.services.paging import Order, Page, page
from console.services.visibility import drift_of

NEWEST_FIRST = Order(fields=("found_at", "id"), descending=True)
# More is not sent by one form.
OPEN_SIZE = 100
_SHOWN_WITH = ("account", "product", "module", "settled_by", "claimed_for")


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSearch:
    """The filters of the list; an empty one does not filter. `account` is a slug."""

    account: str = ""
    kind: str = ""


def count_open(*, reader: User) -> int:
    """How many items that `reader` may see wait for a person."""
    return drift_of(reader).filter(state=DriftState.OPEN).count()


def find_open(*, reader: User, search: DriftSearch, size: int = OPEN_SIZE) -> list[DriftItem]:
    """The newest items that wait for a person."""
    return list(_found(reader, search).filter(state=DriftState.OPEN).order_by(*NEWEST_FIRST.order_by)[:size])


def find_settled(*, reader: User, search: DriftSearch, cursor: str = "", size: int = 50) -> Page[DriftItem]:
    """A page of the others, newest first."""
    return page(_found(reader, search).exclude(state=DriftState.OPEN), order=NEWEST_FIRST, cursor=cursor, size=size)


def _found(reader: User, search: DriftSearch) -> QuerySet[DriftItem]:
    exact = {"account__slug": search.account, "kind": search.kind}
    items = drift_of(reader).select_related(*_SHOWN_WITH)
    return items.filter(**{name: value for name, value in exact.items() if value})


def open_on_products(products: Iterable[Product]) -> dict[UUID, list[DriftItem]]:
    """What waits for a person on each product and its modules, newest first, in one query."""
    found: dict[UUID, list[DriftItem]] = {product.pk: [] for product in products}
    waiting = DriftItem.objects.select_related("product", "module").filter(product__in=found, state=DriftState.OPEN)
    for item in waiting.order_by(*NEWEST_FIRST.order_by):
        found[item.product_id].append(item)
    return found


def open_on_modules(modules: Iterable[Module]) -> dict[UUID, DriftItem]:
    """The newest item that waits for a person on each module that has one, in one query."""
    waiting = DriftItem.objects.filter(module__in=[module.pk for module in modules], state=DriftState.OPEN)
    return {item.module_id: item for item in waiting.order_by("found_at", "id") if item.module_id}


def accept(item: DriftItem, *, actor: User) -> None:
    """Take note of it: it is as it should be. Raises DriftSettledError."""
    _settle(item, DriftState.ACCEPTED, actor)


def accept_several(ids: Collection[UUID], *, actor: User) -> int:
    """Accept those that are still open and that `actor` may see; return how many that were."""
    with transaction.atomic():
        waiting = drift_of(actor).select_related("account", "product", "module").select_for_update(of=("self",))
        items = list(waiting.filter(pk__in=ids, state=DriftState.OPEN).order_by("found_at", "id"))
        for item in items:
            _settle(item, DriftState.ACCEPTED, actor)
    return len(items)


def ignore(item: DriftItem, *, actor: User, reason: str = "") -> None:
    """Leave it at that. Raises DriftSettledError."""
    _settle(item, DriftState.IGNORED, actor, reason=reason)


def claim(item: DriftItem, *, person: User, reason: str, actor: User) -> None:
    """Say that it was `person` who did it. What is new counts as created by them. Raises DriftSettledError."""
    with transaction.atomic():
        take_turns(item.account)
        _settle(item, DriftState.CLAIMED, actor, reason=reason, claimed_for=person)
        if item.kind == DriftKind.NEW:
            row = item.module or item.product
            type(row).objects.filter(pk=row.pk).update(created_by=person)


_ACTIONS = {
    DriftState.ACCEPTED: "drift.accept",
    DriftState.CLAIMED: "drift.claim",
    DriftState.IGNORED: "drift.ignore",
}


def _settle(
    item: DriftItem, state: DriftState, actor: User, *, reason: str = "", claimed_for: User | None = None
) -> None:
    """One guarded step: of two people who try it, one does."""
    columns = {
        "state": state,
        "settled_at": timezone.now(),
        "settled_by": actor,
        "reason": reason,
        "claimed_for": claimed_for,
    }
    with transaction.atomic():
        if not DriftItem.objects.filter(pk=item.pk, state=DriftState.OPEN).update(**columns):
            item.refresh_from_db()
            raise DriftSettledError(item)
        for name, value in columns.items():
            setattr(item, name, value)
        _tell(item, actor)


def _tell(item: DriftItem, actor: User) -> None:
    # By number: no record may name a person, so that the name can be taken away on request.
    details = {"reason": item.reason, "for person": str(item.claimed_for_id or "")}
    audit.append(
        audit.Event(
            action=_ACTIONS[DriftState(item.state)],
            outcome=Outcome.DONE,
            actor=actor,
            account=item.account,
            target=item.module or item.product,
            parameters={"found": item.kind} | {name: text for name, text in details.items() if text},
        )
    )
