"""Intents: what somebody asks of a platform, checked and recorded once before anything is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from console.models import Account, Action, Module, Operation, Outcome, Product, User
from console.models.operation import OPEN_STATES
from console.services import audit
from console.services.accounts import take_turns
from console.services.errors import FormReusedError, RulesBrokenError, UnderWayError


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody asks for. `natural_key` names the thing within the account: while an operation on it is
    open, there is no second one. `parameters` are the business parameters as they are sent; none is secret.
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


def record(intent: Intent, check: Callable[[], None], *, again: bool = True) -> tuple[Operation, bool]:
    """The operation of an intent, committed, and whether it is new: the same form has one, however often it comes.

    `check` runs in the same transaction. Raises what it raises, UnderWayError and FormReusedError, nothing recorded.
    """
    try:
        with transaction.atomic(durable=True):
            take_turns(intent.account)
            if found := _by_token(intent):
                return found, False
            check()
            return Operation.objects.create(created_at=timezone.now(), **_columns(intent)), True
    except IntegrityError:
        if twin := _open_twin(intent):
            raise UnderWayError(twin) from None
        if not again:
            raise
        # What was in the way is settled by now, or the form was sent for another account.
        return record(intent, check, again=False)


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
        parameters=intent.parameters,
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
    }


def _by_token(intent: Intent) -> Operation | None:
    found = Operation.objects.select_related("account", "actor").filter(form_token=intent.form_token).first()
    if found and not _is_same(found, intent):
        raise FormReusedError(found)
    return found


def _is_same(operation: Operation, intent: Intent) -> bool:
    return (
        operation.actor_id == intent.actor.pk
        and operation.account_id == intent.account.pk
        and operation.action == intent.action
        and operation.parameters == dict(intent.parameters)
    )


def _open_twin(intent: Intent) -> Operation | None:
    same = Operation.objects.filter(account=intent.account, action=intent.action, natural_key=intent.natural_key)
    return same.select_related("actor").filter(state__in=OPEN_STATES).first()
