"""The audit trail: the only place that appends to it. Reading it is in audit_search.py."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from console.lib.canonical import canonical
from console.lib.plaintext import one_line
from console.models import Account, Action, AuditEntry, Module, Operation, Outcome, Product, User
from console.services.audit_chain import store

# Every action that the trail can hold, in words.
ACTIONS: dict[str, str] = {
    **dict(Action.choices),
    "product.register": "register product",
    "product.refresh": "refresh product",
    "product.reveal": "reveal ProductSecret",
    "keys.rotate": "rotate sealing keys",
    "operation.look": "look up operation",
    "operation.adopt": "adopt operation",
    "operation.retry": "retry operation",
    "operation.abandon": "abandon operation",
    "account.create": "create account",
    "account.update": "edit account",
    "account.quota": "change quota",
    "account.sync": "sync account",
    "account.unreachable": "platform out of reach",
    "account.reachable": "platform answers again",
    "account.probe": "try to reach platform",
    "session.start": "sign in",
    "session.end": "sign out",
    "user.create": "enter person",
    "user.update": "change person",
    "user.roles": "change roles",
    "user.password": "change password",
    "user.factor": "change second factor",
    "user.sign_out": "sign out everywhere",
    "user.pseudonymise": "pseudonymise person",
    "group.create": "make group",
    "group.update": "change group",
    "schedule.update": "change schedule",
    "audit.export": "hand out evidence",
    "audit.archive": "archive entries",
    "audit.anchor": "send anchor",
    "audit.guards": "put back guards of the trail",
    "audit.verify": "verify trail",
    "drift.new": "new on platform",
    "drift.changed": "changed on platform",
    "drift.gone": "gone from platform",
    "drift.accept": "accept drift",
    "drift.claim": "claim drift",
    "drift.ignore": "ignore drift",
}

# What was refused may be as long as somebody liked; the parameters have it in full.
TARGET_NAME_LENGTH = 128
# Begins the names of parameters that tell what was there before; no platform has such names.
BEFORE = "before "

Target = Account | Product | Module | User | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that somebody did or tried. `parameters` are those of the request, without any secret;
    `actor` is None for what was found outside the console or done by its own schedule.
    """

    action: str
    outcome: Outcome
    actor: User | None
    account: Account | None = None
    target: Target | None = None
    target_name: str = ""
    operation: Operation | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
    http_status: int | None = None
    code: str = ""
    message: str = ""


def append(event: Event) -> AuditEntry:
    """Append one entry, inside the transaction of the change that it tells of: outside of one is a bug."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs into the transaction of its change")
    at = timezone.now()
    columns = _columns(event)
    record = canonical(
        columns
        | {
            "at": at.isoformat(" ", "microseconds"),
            # Its name is the last one, so that a record begins with what its columns say: the verifier sees it at once.
            "what": {
                "parameters": dict(event.parameters),
                "http_status": event.http_status,
                "code": event.code,
                "message": event.message,
                # Else the hash of an entry, which evidence of others shows, would let its content be guessed.
                "salt": secrets.token_hex(16),
            },
        }
    )
    return store(AuditEntry(record=record, at=at, **columns))


def with_before(parameters: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """What was asked for, and what was there before, as the parameters of one entry."""
    return {**parameters, **{BEFORE + name: value for name, value in before.items()}}


def without_before(parameters: Mapping[str, str]) -> dict[str, str]:
    """What was asked for alone."""
    return {name: value for name, value in parameters.items() if not name.startswith(BEFORE)}


def append_denied(
    *, action: str, actor: User, path: str, account: Account | None = None, reason: str = "no permission"
) -> AuditEntry:
    """Tell of an attempt that the person's roles do not allow, or that aimed at an account hidden from them."""
    with transaction.atomic():
        return append(
            Event(
                action=action,
                outcome=Outcome.DENIED,
                actor=actor,
                account=account,
                parameters={"path": path[:200]},
                message=reason,
            )
        )


def _columns(event: Event) -> dict[str, str | int | None]:
    """What pages filter by: each of these is in the record as well, under the same name."""
    return {
        "actor_id": event.actor.pk if event.actor else None,
        "action": event.action,
        "outcome": event.outcome.value,
        "account_slug": event.account.slug if event.account else "",
        "target_kind": event.target._meta.model_name if event.target else "",  # noqa: SLF001  public in all but its name
        "target_id": str(event.target.pk) if event.target else "",
        "target_name": one_line(event.target_name or _name_of(event.target), TARGET_NAME_LENGTH),
        "operation_id": str(event.operation.pk) if event.operation else "",
        "request_id": event.request_id,
    }


def _name_of(target: Target | None) -> str:
    """What a record calls an object: people by their number, since their names live apart from the trail."""
    if isinstance(target, User):
        return f"person {target.pk}"
    return str(target or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What only the record of an entry holds."""

    parameters: Mapping[str, str]
    http_status: int | None
    code: str
    message: str


def details_of(entry: AuditEntry) -> Details:
    """Open the record of an entry."""
    fields = fields_of(entry.record)
    return Details(**{name: fields[name] for name in ("parameters", "http_status", "code", "message")})


def fields_of(record: str) -> dict[str, Any]:
    """All fields of a record, those within `what` among them; in records of old they stand beside it. Raises ValueError
    for a text that is no record.
    """
    fields: Any = json.loads(record)
    if not isinstance(fields, dict):
        raise ValueError("no object")
    return {**fields, **fields.get("what", {})}
