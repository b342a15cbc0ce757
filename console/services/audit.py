"""The audit trail: the only place that appends to it. Reading it is in audit_search.py."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from console.lib import chain
from console.lib.canonical import canonical
from console.lib.plaintext import one_line
from console.models import Account, Action, AuditEntry, AuditHead, Module, Operation, Outcome, Product, User

_NEXT = "UPDATE console_audithead SET sequence = sequence + 1 RETURNING sequence, chain_hash"

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
    "user.pseudonymise": "pseudonymise person",
    "group.create": "make group",
    "group.update": "change group",
    "schedule.update": "change schedule",
    "audit.archive": "archive entries",
    "drift.new": "new on platform",
    "drift.changed": "changed on platform",
    "drift.gone": "gone from platform",
    "drift.accept": "accept drift",
    "drift.claim": "claim drift",
    "drift.ignore": "ignore drift",
}

# What was refused may be as long as somebody liked; the parameters have it in full.
TARGET_NAME_LENGTH = 128

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
            "at": at.isoformat(timespec="microseconds"),
            "parameters": dict(event.parameters),
            "http_status": event.http_status,
            "code": event.code,
            "message": event.message,
        }
    )
    return _chain(AuditEntry(record=record, at=at, **columns))


def _chain(entry: AuditEntry) -> AuditEntry:
    """Store an entry as the next of the chain. The head is locked from here to the end of the transaction, so there
    is neither a gap nor a fork, however many processes append.
    """
    entry.id, previous = _next()
    entry.record_hash = chain.record_hash(entry.record)
    entry.chain_hash = chain.chain_hash(previous, entry.record_hash)
    entry.seal = chain.seal(settings.AUDIT_KEY, entry.chain_hash)
    entry.save()
    AuditHead.objects.update(chain_hash=entry.chain_hash)
    return entry


def _next() -> tuple[int, str]:
    """The next sequence number, and the chain hash of the entry before."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        row: tuple[int, str] | None = cursor.fetchone()
    if row is None:
        raise RuntimeError("the head of the audit trail is missing")
    return row


def make_head(**_signal: Any) -> None:
    """Make the head of an empty trail. A head that is missing beside entries is not made again: that is a finding."""
    if not AuditEntry.objects.exists():
        AuditHead.objects.get_or_create(defaults={"chain_hash": chain.GENESIS})


def append_denied(*, action: str, actor: User, path: str) -> AuditEntry:
    """Tell of an attempt that the person's roles do not allow."""
    with transaction.atomic():
        return append(
            Event(
                action=action,
                outcome=Outcome.DENIED,
                actor=actor,
                parameters={"path": path[:200]},
                message="no permission",
            )
        )


def _columns(event: Event) -> dict[str, str | int | None]:
    """What pages filter by: each of these is in the record as well, under the same name."""
    return {
        "actor_id": event.actor.pk if event.actor else None,
        "action": event.action,
        "outcome": event.outcome.value,
        "account_slug": event.account.slug if event.account else "",
        "target_kind": type(event.target).__name__.lower() if event.target else "",
        "target_id": str(event.target.pk) if event.target else "",
        "target_name": one_line(event.target_name or str(event.target or ""), TARGET_NAME_LENGTH),
        "operation_id": str(event.operation.pk) if event.operation else "",
        "request_id": event.request_id,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What only the record of an entry holds."""

    parameters: Mapping[str, str]
    http_status: int | None
    code: str
    message: str


def details_of(entry: AuditEntry) -> Details:
    """Open the record of an entry."""
    record = json.loads(entry.record)
    return Details(**{name: record[name] for name in ("parameters", "http_status", "code", "message")})
