"""The audit trail: the only place that appends to it, and the reading of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from console.lib import chain
from console.lib.canonical import canonical
from console.lib.plaintext import one_line
from console.models import Account, Action, AuditEntry, AuditHead, Module, Operation, Outcome, Product, User
from console.services.paging import Order, Page, page

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
    "drift.new": "new on platform",
    "drift.changed": "changed on platform",
    "drift.gone": "gone from platform",
    "drift.accept": "accept drift",
    "drift.claim": "claim drift",
    "drift.ignore": "ignore drift",
}

# What was refused may be as long as somebody liked; the parameters have it in full.
TARGET_NAME_LENGTH = 128
NEWEST_FIRST = Order(fields=("id",), descending=True)

Target = Account | Product | Module


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
class Search:
    """The filters of the trail; an empty one does not filter. Times are UTC, `until` is exclusive."""

    actor: str = ""
    action: str = ""
    account: str = ""
    outcome: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


def find_entries(*, search: Search, only_of: User | None, cursor: str = "", size: int = 50) -> Page[AuditEntry]:
    """A page of the trail, newest first; `only_of` limits it to what that person did."""
    entries = _filtered(AuditEntry.objects.select_related("actor").all(), search)
    if only_of:
        entries = entries.filter(actor=only_of)
    return page(entries, order=NEWEST_FIRST, cursor=cursor, size=size)


def _filtered(entries: QuerySet[AuditEntry], search: Search) -> QuerySet[AuditEntry]:
    exact = {
        "actor__username": search.actor,
        "action": search.action,
        "account_slug": search.account,
        "outcome": search.outcome,
        "at__gte": search.since,
        "at__lt": search.until,
    }
    entries = entries.filter(**{name: value for name, value in exact.items() if value})
    if search.text:
        entries = entries.filter(
            Q(target_name__icontains=search.text)
            | Q(request_id__istartswith=search.text)
            | Q(target_id=search.text)
            | Q(operation_id=search.text)
        )
    return entries


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


def latest(*, only_of: User | None, of: Sequence[Target] = (), size: int = 8) -> list[AuditEntry]:
    """The newest entries, on the objects of `of` if it names any; `only_of` limits them to what that person did.
    A request is left out where the outcome of its operation is there to tell of it.
    """
    entries = AuditEntry.objects.select_related("actor").order_by("-id")
    if of:
        entries = entries.filter(target_id__in=[str(target.pk) for target in of])
    if only_of:
        entries = entries.filter(actor=only_of)
    newest = list(entries[: 2 * size])
    ended = {entry.operation_id for entry in newest if entry.outcome != Outcome.REQUESTED} - {""}
    return [entry for entry in newest if entry.outcome != Outcome.REQUESTED or entry.operation_id not in ended][:size]


def story_of(operation_id: str) -> list[AuditEntry]:
    """All entries of one operation, in order."""
    return list(AuditEntry.objects.select_related("actor").filter(operation_id=operation_id).order_by("id"))
