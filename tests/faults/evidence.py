"""Collects what the ledger, the trail, the platform, the wire and the pages tell of one scene."""

from console.models import AuditEntry, Module, Operation, Product
from console.platforms.rules import fold
from tests.faults.deeds import CHANGED
from tests.faults.judge import Facts
from tests.faults.person import Person
from tests.faults.scene import Scene


def facts_of(scene: Scene, person: Person) -> Facts:
    operations = scene.operations()
    last = operations[-1] if operations else None
    return Facts(
        states=[operation.state for operation in operations],
        was_sent=bool(last and last.sent_at),
        story=_story(last) if last else [],
        shown=scene.count_on_platform(),
        writes=_writes(scene),
        cached=_is_cached(scene),
        page=person.get(f"/operations/{last.pk}/").text if last else "",
        answered=scene.answered,
    )


def _story(operation: Operation) -> list[str]:
    return list(
        AuditEntry.objects.filter(operation_id=str(operation.pk)).order_by("id").values_list("outcome", flat=True)
    )


def _writes(scene: Scene) -> int:
    """A throttling answer proves that nothing was done."""
    passed = [seen for seen in scene.proxy.seen if seen.action == scene.deed.call and seen.forwarded]
    return sum(not (seen.answer and b"Throttling" in seen.answer.body) for seen in passed)


def _is_cached(scene: Scene) -> bool:
    if not scene.deed.needs_product:
        return Product.objects.filter(account=scene.account, product_name=scene.name, vanished_at=None).exists()
    present = Module.objects.filter(product_id=scene.product_id, folded_name=fold(scene.name), vanished_at=None)
    match scene.deed.name:
        case "create module":
            return present.exists()
        case "update module":
            return present.filter(desc=CHANGED).exists()
        case _:
            return not present.exists()
