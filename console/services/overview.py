"""The figures of the first page, each from one bounded query, of what the reader may see."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from console.models import Action, OperationState, SyncState, User
from console.models.operation import UNDER_WAY
from console.platforms.rules import DEFAULT_MODULE, MAX_CUSTOM_MODULES
from console.services.ledger import count_unsettled
from console.services.visibility import accounts_of, modules_of, operations_of, syncs_of

NEAR_LIMIT = MAX_CUSTOM_MODULES - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`products` and `modules` were created through the console within the last seven days."""

    unsettled: int
    products: int
    modules: int
    near_limit: int
    accounts: int

    @property
    def created(self) -> int:
        return self.products + self.modules


def figures(*, reader: User) -> Figures:
    """Count what the first page shows."""
    created = _created(reader, since=timezone.now() - timedelta(days=7))
    return Figures(
        unsettled=count_unsettled(reader=reader),
        products=created["products"],
        modules=created["modules"],
        near_limit=_near_limit(reader),
        accounts=accounts_of(reader).count(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What goes on by itself as long as a worker is alive."""

    operations: int
    syncs: int


def count_waiting(*, reader: User) -> Waiting:
    """Count what stands still while no worker is alive."""
    return Waiting(
        operations=operations_of(reader).filter(state__in=(*UNDER_WAY, OperationState.UNKNOWN)).count(),
        syncs=syncs_of(reader).filter(state=SyncState.RUNNING).count(),
    )


def _created(reader: User, since: datetime) -> dict[str, int]:
    done = operations_of(reader).filter(state=OperationState.DONE, created_at__gte=since)
    return done.aggregate(
        products=Count("pk", filter=Q(action=Action.PRODUCT_CREATE)),
        modules=Count("pk", filter=Q(action=Action.MODULE_CREATE)),
    )


def _near_limit(reader: User) -> int:
    """How many products have one free slot for a module, or none."""
    custom = modules_of(reader).filter(vanished_at=None, product__vanished_at=None).exclude(folded_name=DEFAULT_MODULE)
    return custom.values("product").annotate(used=Count("pk")).filter(used__gte=NEAR_LIMIT).count()
