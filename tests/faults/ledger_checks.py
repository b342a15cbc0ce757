"""What the ledger of one account must say, whatever happened: its stories in order, its claims true."""

from collections import Counter
from collections.abc import Collection
from itertools import pairwise

from console.models import Account, Action, AuditEntry, Module, Operation, OperationState, Product
from console.platforms.rules import fold

CLAIMED = (OperationState.DONE, OperationState.ADOPTED)
EFFECT = {Action.MODULE_CREATE: 1, Action.MODULE_DELETE: -1}


def broken_stories(account: Account) -> list[str]:
    """Operations whose trail does not lead, step by step and without repeating one, to where they stand."""
    told: dict[str, list[str]] = {}
    entries = AuditEntry.objects.filter(account_slug=account.slug).exclude(operation_id="").order_by("id")
    for operation_id, outcome in entries.values_list("operation_id", "outcome"):
        told.setdefault(operation_id, []).append(outcome)
    there = Operation.objects.filter(account=account)
    return [f"{each}: {told.get(str(each.pk))}" for each in there if not _leads_to(told.get(str(each.pk), []), each)]


def _leads_to(story: list[str], operation: Operation) -> bool:
    if operation.state == OperationState.PLANNED:
        return not story
    if bool(operation.sent_at) != ("requested" in story[:1]):
        return False
    is_repeated = any(before == after for before, after in pairwise(story))
    ends_in = "requested" if operation.state == OperationState.SENT else operation.state
    return bool(story) and not is_repeated and story[-1] == ends_in


def wrong_claims(product: Product, shown: Collection[str], *, but: Collection[str]) -> list[str]:
    """Folded module names whose creates and deletes, as the ledger claims them, do not add up to what the platform
    shows, or which the console's own lists show otherwise; `but` names those that somebody else had a hand in.
    """
    here = Operation.objects.filter(product=product)
    disputed = {fold(each.target_name) for each in here.filter(state=OperationState.CONFLICT)}
    claims: Counter[str] = Counter()
    for operation in here.filter(state__in=CLAIMED, action__in=EFFECT):
        claims[fold(operation.target_name)] += EFFECT[Action(operation.action)]
    cached = set(Module.objects.filter(product=product, vanished_at=None).values_list("folded_name", flat=True))
    names = ({*claims, *shown, *cached}) - {*but, *disputed, "default"}
    return [
        f"{name}: {claims[name]} by the ledger, listed: {name in cached}, on the platform: {name in shown}"
        for name in sorted(names)
        if claims[name] not in (0, 1) or not (claims[name] == 1) == (name in cached) == (name in shown)
    ]
