"""The ledger: how an operation moves from state to state, once, and each time told to the audit trail."""

from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone

from console.models import Account, Action, Module, Operation, OperationState, Outcome, Product, User
from console.models.operation import FOR_A_PERSON, OPEN_STATES
from console.services import audit
from console.services.paging import Order
from console.services.visibility import operations_of

PLANNED, SENT, UNKNOWN = OperationState.PLANNED, OperationState.SENT, OperationState.UNKNOWN
LOOKED_UP = (UNKNOWN, *FOR_A_PERSON)

# From which states each one is reached. An answer that comes after somebody had given it up is still the truth.
BEFORE: dict[OperationState, tuple[OperationState, ...]] = {
    SENT: (PLANNED, SENT),
    OperationState.DONE: (SENT, *LOOKED_UP),
    OperationState.REFUSED: (SENT, *LOOKED_UP),
    OperationState.NOT_SENT: (PLANNED, SENT, *LOOKED_UP),
    UNKNOWN: (SENT,),
    OperationState.ADOPTED: LOOKED_UP,
    OperationState.CONFLICT: LOOKED_UP,
    OperationState.RETRYABLE: LOOKED_UP,
    OperationState.ABANDONED: LOOKED_UP,
}

NEWEST_FIRST = Order(fields=("created_at", "id"), descending=True)
_SHOWN_WITH = ("actor", "account", "product", "module", "settled_by")


class OvertakenError(Exception):
    """Somebody else has moved the operation on meanwhile."""


def move(
    operation: Operation,
    after: OperationState,
    columns: Mapping[str, object],
    *,
    even_from: Collection[OperationState] = (),
) -> None:
    """One guarded step from the state that the operation is known in, or one of `even_from`, inside a transaction.

    Of several processes that try it, one does; the others get OvertakenError.
    """
    known = {OperationState(operation.state), *even_from}.intersection(BEFORE[after])
    changes = {"state": after, "settled_at": None if after in OPEN_STATES else timezone.now(), **columns}
    if not Operation.objects.filter(pk=operation.pk, state__in=known).update(**changes):
        raise OvertakenError
    for name, value in changes.items():
        setattr(operation, name, value)


def tell(operation: Operation, outcome: Outcome, *, actor: User | None, message: str = "") -> None:
    """The audit entry of a step; `actor` is None where the console itself took it."""
    audit.append(
        audit.Event(
            action=operation.action,
            outcome=outcome,
            actor=actor,
            account=operation.account,
            target=operation.module or operation.product,
            target_name=operation.target_name,
            operation=operation,
            parameters=audit.with_before(operation.parameters, operation.before),
            request_id=operation.request_id,
            http_status=operation.http_status,
            code=operation.code,
            message=message or operation.message,
        )
    )


def find_in(state: OperationState) -> QuerySet[Operation]:
    """The operations in one state, with all that is needed to go on with them."""
    return Operation.objects.select_related("actor", "account", "product__account", "module__product__account").filter(
        state=state
    )


def count_unsettled(*, reader: User) -> int:
    """How many operations that `reader` may see wait for their answer, for a look-up, or for a person."""
    return operations_of(reader).filter(state__in=OPEN_STATES).count()


def find_unsettled(*, reader: User, size: int = 100) -> list[Operation]:
    """The newest of them."""
    waiting = operations_of(reader).select_related(*_SHOWN_WITH).filter(state__in=OPEN_STATES)
    return list(waiting.order_by(*NEWEST_FIRST.order_by)[:size])


def find_settled(*, reader: User) -> QuerySet[Operation]:
    """The others, to be narrowed and paged."""
    return operations_of(reader).select_related(*_SHOWN_WITH).exclude(state__in=OPEN_STATES)


def find_open(account: Account, action: Action, natural_key: str) -> Operation | None:
    """The one open operation of its kind on a thing."""
    same = Operation.objects.filter(account=account, action=action, natural_key=natural_key, state__in=OPEN_STATES)
    return same.select_related("actor").first()


def find_open_on(target: Product | Module) -> list[Operation]:
    """The open operations on a product with its modules, or on one module, oldest first."""
    operations = Operation.objects.select_related("actor", "account").filter(state__in=OPEN_STATES)
    if isinstance(target, Module):
        # Also by its name: a module that a sync shows may be the one of a create that is not settled.
        of_its_name = Q(account=target.product.account_id, natural_key=target.natural_key)
        operations = operations.filter(Q(module=target) | of_its_name)
    else:
        operations = operations.filter(product=target)
    return list(operations.order_by("created_at", "id"))
