"""One process of the bench of the audit page: fills the trail, or measures the pages and prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

import django
from django.test import Client

ROUNDS = 15


def main() -> None:
    django.setup()
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        print(json.dumps({name: figures(query) for name, query in pages()}))


def fill(entries: int) -> None:
    from django.db import connection

    from console.models import User
    from tests import long_trail

    person, _ = User.objects.get_or_create(username="pm")
    long_trail.fill(entries=entries, actor=person)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pages() -> Iterator[tuple[str, dict[str, str]]]:
    """Each page of the bench by its name, and the query of its address."""
    from console.lib.keyset import Cursor
    from console.models import AuditEntry

    near_end = AuditEntry.objects.order_by("at", "id")[30]
    last = {"page": Cursor(values=(near_end.at.isoformat(), str(near_end.pk))).encode()}
    day = {"since": f"{near_end.at:%Y-%m-%d}", "until": f"{near_end.at:%Y-%m-%d}"}
    exact = {
        "person": {"person": "pm"},
        "action": {"action": "module.create"},
        "outcome": {"outcome": "done"},
        "outcome, none": {"outcome": "refused"},
        "object": {"target": near_end.target_id},
        "RequestId": {"text": near_end.request_id},
        "time": day,
        "person, action, time": {"person": "pm", "action": "module.create"} | day,
    }
    yield "first page", {}
    yield "last page", last
    for name, query in exact.items():
        yield name, query
        yield f"{name}, last page", query | last
    yield "name, common", {"text": "扫描"}
    yield "name, rare", {"text": f"仪_{near_end.pk}"}
    yield "name, none, 1 character", {"text": "q"}


def figures(query: dict[str, str]) -> dict[str, float]:
    """The best milliseconds of a page, since other work only adds to them, and how many queries it takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = auditor()
    client.get("/audit/", query)
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        response = client.get("/audit/", query)
        taken.append(time.perf_counter() - begun)
        if response.status_code != 200:
            raise SystemExit(f"{query} was answered with {response.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get("/audit/", query)
    return {"ms": min(taken) * 1000, "queries": len(captured)}


def auditor() -> Client:
    from django.contrib.auth.models import Group
    from django.test import override_settings

    from console.models import User

    person, _ = User.objects.get_or_create(username="auditor")
    person.groups.add(Group.objects.get(name="auditor"))
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=plain, MFA_REQUIRED_FOR=frozenset()).enable()
    client = Client()
    client.force_login(person)
    return client


if __name__ == "__main__":
    main()
