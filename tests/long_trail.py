"""A trail of very many entries, chained as the console chains them, but written in bulk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from console.lib import chain
from console.lib.canonical import canonical
from console.models import AuditEntry, AuditHead, User
from console.services import audit_guards

BATCH = 2000


@contextmanager
def unguarded() -> Iterator[None]:
    """As somebody who owns the database has it: without the guards of the trail, for a while."""
    _without_pending(audit_guards.drop)
    yield
    _without_pending(audit_guards.put)


def _without_pending(change: Callable[[], None]) -> None:
    with transaction.atomic():
        # PostgreSQL changes no table whose foreign keys it still has to check.
        connection.check_constraints()
        change()


def fill(*, entries: int, actor: User) -> None:
    """Append so many entries of one person, every second one the create of a module."""
    with transaction.atomic(), unguarded():
        head = AuditHead.objects.get()
        end = head.sequence + entries
        while head.sequence < end:
            AuditEntry.objects.bulk_create(_next(head, actor) for _ in range(min(BATCH, end - head.sequence)))
        AuditHead.objects.update(sequence=head.sequence, chain_hash=head.chain_hash)


def _next(head: AuditHead, actor: User) -> AuditEntry:
    """The entry after the head, which moves on to it."""
    head.sequence += 1
    at = timezone.now() + timedelta(microseconds=head.sequence)
    columns = _columns(head.sequence, actor)
    record = canonical(columns | _rest(head.sequence) | {"at": at.isoformat(" ", "microseconds")})
    of_record = chain.record_hash(record)
    head.chain_hash = chain.chain_hash(head.chain_hash, of_record)
    return AuditEntry(
        id=head.sequence,
        record=record,
        record_hash=of_record,
        chain_hash=head.chain_hash,
        seal=chain.seal(settings.AUDIT_KEY, head.chain_hash),
        at=at,
        **columns,
    )


def _columns(number: int, actor: User) -> dict[str, str | int]:
    return {
        "actor_id": actor.pk,
        "action": ("module.create", "product.update")[number % 2],
        "outcome": "done",
        "account_slug": "alibaba-cn",
        "target_kind": ("module", "product")[number % 2],
        "target_id": f"00000000-0000-4000-8000-{number:012}",
        "target_name": f"条码扫描仪_{number}",
        "operation_id": f"10000000-0000-4000-8000-{number:012}",
        "request_id": f"9F41D14E-CB5F-4CCE-939C-{number:012}",
    }


def _rest(number: int) -> dict[str, object]:
    parameters = {"ProductKey": "a1FlqIQ0000", "ModuleName": f"scanner_{number}", "AliasName": "条码扫描仪"}
    return {"what": {"parameters": parameters, "http_status": 200, "code": "", "message": "", "salt": f"{number:032}"}}
