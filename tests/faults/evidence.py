"""Collects what the ledger, the trail, the platform, the wire and the pages tell of one deed."""

from typing import Protocol

from console.models import Account, AuditEntry, Module, Operation, Product
from console.platforms.rules import fold
from tests.faults.deeds import CHANGED, CREATE_MODULE, CREATE_PRODUCT, UPDATE_MODULE, Deed, Products, Target
from tests.faults.judge import Facts
from tests.faults.person import Person
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene


class Done(Target, Protocol):
    """A deed that was tried."""

    deed: Deed
    account: Account
    proxy: Proxy

    def operations(self) -> list[Operation]: ...


def facts_of(scene: Scene, person: Person) -> Facts:
    return collect(scene, scene.platform.products(), person, answered=scene.answered)


def collect(done: Done, products: Products, person: Person, *, answered: int | None = None, only: bytes = b"") -> Facts:
    """`products` is the platform's state; of the account's requests those count that contain `only`."""
    operations = done.operations()
    last = operations[-1] if operations else None
    return Facts(
        states=[operation.state for operation in operations],
        was_sent=bool(last and last.sent_at),
        story=_story(last) if last else [],
        shown=done.deed.count(products, done),
        writes=_writes(done, only),
        cached=_is_cached(done),
        page=person.get(f"/operations/{last.pk}/").text if last else "",
        answered=answered,
    )


def _story(operation: Operation) -> list[str]:
    told = AuditEntry.objects.filter(operation_id=str(operation.pk)).order_by("id")
    return list(told.values_list("outcome", flat=True))


def _writes(done: Done, only: bytes) -> int:
    """A throttling answer proves that nothing was done."""
    asked = [seen for seen in done.proxy.seen if seen.action == done.deed.call and only in seen.request.raw]
    passed = [seen for seen in asked if seen.forwarded]
    return sum(not (seen.answer and b"Throttling" in seen.answer.body) for seen in passed)


def _is_cached(done: Done) -> bool:
    """Whether the console's lists show the effect."""
    if done.deed == CREATE_PRODUCT:
        return Product.objects.filter(account=done.account, product_name=done.name, vanished_at=None).exists()
    present = Module.objects.filter(product_id=done.product_id, folded_name=fold(done.name), vanished_at=None)
    if done.deed == CREATE_MODULE:
        return present.exists()
    if done.deed == UPDATE_MODULE:
        return present.filter(desc=CHANGED).exists()
    return not present.exists()
