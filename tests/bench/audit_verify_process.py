"""What the bench of the verification does in a process of its own: fill, verify, or the bare loop."""

from __future__ import annotations

import hashlib
import hmac
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from console.lib import chain  # noqa: E402
from console.lib.canonical import canonical  # noqa: E402
from console.models import AuditEntry, AuditHead  # noqa: E402
from console.services import audit_guards  # noqa: E402
from tests.verification import verify  # noqa: E402

BATCH = 2000


def fill(rows: int) -> None:
    """Entries like those of a create, chained and sealed as the console does it, but many at a time."""
    previous, at = chain.GENESIS, datetime(2026, 11, 23, 8, tzinfo=UTC)
    with transaction.atomic():
        audit_guards.drop()
    for start in range(1, rows + 1, BATCH):
        entries = [entry(number, at) for number in range(start, min(start + BATCH, rows + 1))]
        for each in entries:
            each.record_hash = chain.record_hash(each.record)
            previous = each.chain_hash = chain.chain_hash(previous, each.record_hash)
            each.seal = chain.seal(settings.AUDIT_KEY, previous)
        AuditEntry.objects.bulk_create(entries)
    AuditHead.objects.update(sequence=rows, chain_hash=previous)
    with transaction.atomic():
        audit_guards.put()


def entry(number: int, at: datetime) -> AuditEntry:
    columns = {
        "account_slug": "alibaba",
        "action": "module.create",
        "actor_id": None,
        "operation_id": f"0b7a6d6e-7f0e-4b53-9a51-{number:012x}",
        "outcome": "done",
        "request_id": f"9B9E5C4A-0F38-4D1B-8C6B-{number:012X}",
        "target_id": f"5dcf6f5a-21a6-4a0a-8e3f-{number:012x}",
        "target_kind": "module",
        "target_name": f"module-{number}",
    }
    moment = at + timedelta(seconds=number, microseconds=number + 1)
    parameters = {"ProductKey": f"a1{number:09}", "ModuleName": f"module-{number}", "AliasName": "A module"}
    what = {"http_status": 200, "code": "", "message": "", "parameters": parameters, "salt": f"{number:032x}"}
    record = canonical(columns | {"at": moment.isoformat(" ", "microseconds"), "what": what})
    return AuditEntry(id=number, record=record, at=moment, **columns)


def timed(job: Callable[[], object]) -> dict[str, object]:
    peak_before = peak_mb()
    began, began_cpu = time.perf_counter(), time.process_time()
    state = job()
    taken = {"s": time.perf_counter() - began, "cpu_s": time.process_time() - began_cpu}
    return taken | {"state": state, "peak_mb": peak_mb(), "grown_mb": peak_mb() - peak_before}


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bare(records: list[bytes]) -> str:
    sha256, key, previous = hashlib.sha256, settings.AUDIT_KEY, bytes(32)
    for record in records:
        previous = sha256(previous + sha256(record).digest()).digest()
        hmac.digest(key, previous, "sha256")
    return previous.hex()


def bare_prepared(records: list[bytes]) -> str:
    sha256, (inner, outer), previous = hashlib.sha256, chain.sealing_hashes(settings.AUDIT_KEY), bytes(32)
    for record in records:
        previous = sha256(previous + sha256(record).digest()).digest()
        within, seal = inner.copy(), outer.copy()
        within.update(previous)
        seal.update(within.digest())
        seal.hexdigest()
    return previous.hex()


def records() -> list[bytes]:
    stored = AuditEntry.objects.order_by("id").values_list("record", flat=True)
    return [record.encode() for record in stored.iterator(chunk_size=5000)]


def main() -> None:
    match sys.argv[1:]:
        case ["fill", rows]:
            fill(int(rows))
        case ["verify"]:
            print(json.dumps(timed(lambda: verify().state)))
        case ["bare"]:
            loaded = records()
            print(json.dumps({"plain": timed(lambda: bare(loaded)), "prepared": timed(lambda: bare_prepared(loaded))}))


if __name__ == "__main__":
    main()
