"""Intents: what somebody asks of a platform, checked and recorded once before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from console.models import Account, Action, Module, Operation, OperationState, Outcome, Product, User
from console.services import audit, ledger
from console.services.accounts import take_turns
from console.services.deeds import deed_of
from console.services.errors import FormReusedError, RulesBrokenError, SettledMeanwhileError, UnderWayError
from console.services.ledger import OvertakenError
from console.services.rules import refuse_broken
from console.services.visibility import operations_of

TRIED_AGAIN = "Tried again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody asks for. `natural_key` names the thing within the account: while an operation on it is
    open, there is no second one. `parameters` are the business parameters as they are sent; none is secret.
    `before` is what an edit finds under the same names, as far as the console knows it.
    """

    form_token: UUID
    actor: User
    account: Account
    action: Action
    natural_key: str
    target_name: str
    parameters: Mapping[str, str]
    product: Product | None = None
    module: Module | None = None
    before: Mapping[str, str] = field(default_factory=dict)
    retry_of: Operation | None = None


def record(intent: Intent, *, again: bool = True) -> tuple[Operation, bool]:
    """The operation of an intent, committed, and whether it is new: the same form has one, however often it comes.

    The rules are checked in the same transaction. Raises RulesBrokenError, UnderWayError, FormReusedError and, for
    a retry that somebody else was faster with, SettledMeanwhileError; nothing is recorded then.
    """
    try:
        with transaction.atomic(durable=True):
            take_turns(intent.account)
            if found := _by_token(intent):
                return found, False
            if intent.retry_of:
                _close(intent.retry_of, intent.actor)
            if twin := _open_create(intent):
                raise UnderWayError(twin)
            operation = Operation(created_at=timezone.now(), **_columns(intent))
            refuse_broken(deed_of(operation).find_broken(operation))
            operation.save(force_insert=True)
            return operation, True
    except IntegrityError:
        if twin := ledger.find_open(intent.account, intent.action, intent.natural_key):
            raise UnderWayError(twin) from None
        if not again:
            raise
        # What was in the way is settled by now, or the form was sent for another account.
        return record(intent, again=False)


def _open_create(intent: Intent) -> Operation | None:
    """The create, not settled, of what is to be changed or deleted: looked up afterwards it would tell of that."""
    if intent.module:
        return ledger.find_open(intent.account, Action.MODULE_CREATE, intent.natural_key)
    if intent.action == Action.PRODUCT_UPDATE and intent.product:
        return ledger.find_open(intent.account, Action.PRODUCT_CREATE, intent.product.product_name)
    return None


def _close(retried: Operation, actor: User) -> None:
    if retried.state != OperationState.RETRYABLE:
        raise SettledMeanwhileError(retried)
    try:
        ledger.move(retried, OperationState.ABANDONED, {"settled_by": actor, "reason": TRIED_AGAIN})
    except OvertakenError:
        raise SettledMeanwhileError(retried) from None
    ledger.tell(retried, Outcome.ABANDONED, actor=actor, message=TRIED_AGAIN)


def tell_broken(event: audit.Event, error: RulesBrokenError) -> None:
    """Tell of an attempt that broke rules, by the first rule and all messages."""
    message = " ".join(finding.message for finding in error.findings)
    tell_refused(event, code=error.findings[0].rule, message=message)


def tell_refused(event: audit.Event, *, code: str, message: str) -> None:
    """The trail shows this attempt too, though no platform was asked and there is no operation."""
    with transaction.atomic():
        audit.append(replace(event, outcome=Outcome.REFUSED, code=code, message=message))


def event_of(intent: Intent) -> audit.Event:
    """The entry of an intent that has not become an operation."""
    return audit.Event(
        action=intent.action,
        outcome=Outcome.REQUESTED,
        actor=intent.actor,
        account=intent.account,
        target=intent.module or intent.product,
        target_name=intent.target_name,
        parameters=audit.with_before(intent.parameters, intent.before),
    )


def _columns(intent: Intent) -> dict[str, object]:
    return {
        "form_token": intent.form_token,
        "actor": intent.actor,
        "account": intent.account,
        "action": intent.action,
        "natural_key": intent.natural_key,
        "target_name": intent.target_name,
        "parameters": dict(intent.parameters),
        "product": intent.product,
        "module": intent.module,
        "before": dict(intent.before),
        "retry_of": intent.retry_of,
    }


def _by_token(intent: Intent) -> Operation | None:
    found = Operation.objects.select_related("account", "actor").filter(form_token=intent.form_token).first()
    if found and not _is_same(found, intent):
        raise FormReusedError(operations_of(intent.actor).filter(pk=found.pk).first())
    return found


def _is_same(operation: Operation, intent: Intent) -> bool:
    return (
        operation.actor_id == intent.actor.pk
        and operation.account_id == intent.account.pk
        and operation.action == intent.action
        and operation.parameters == dict(intent.parameters)
    )
