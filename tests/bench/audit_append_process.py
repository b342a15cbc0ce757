"""What the bench of appending does in a process of its own. The plain rows go into a table like that of the entries."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import cache

import django

django.setup()

from django.db import connection, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from console.models import AuditEntry, Outcome, User  # noqa: E402
from console.services import audit  # noqa: E402
from tests.verification import verify  # noqa: E402


def plain_model() -> type[models.Model]:
    """Entries with the same columns, indexes and foreign key, but no guards."""
    options = AuditEntry._meta
    indexes = [
        models.Index(fields=index.fields, name=index.name.replace("audit", "plain")) for index in options.indexes
    ]
    columns = {field.name: field.clone() for field in options.concrete_fields}
    meta = type("Meta", (), {"app_label": "console", "indexes": indexes})
    return type("PlainEntry", (models.Model,), {**columns, "Meta": meta, "__module__": __name__})


PlainEntry = plain_model()


@cache
def person() -> User:
    return User.objects.get_or_create(username="pm")[0]


def append(number: int) -> None:
    with transaction.atomic():
        audit.append(
            audit.Event(
                action="module.create",
                outcome=Outcome.DONE,
                actor=person(),
                target_name=f"module-{number}",
                parameters={"ProductKey": "a1bQ8kZ3xYw", "ModuleName": f"module-{number}", "AliasName": "A module"},
                request_id=f"9B9E5C4A-0F38-4D1B-8C6B-{number:012X}",
                http_status=200,
            )
        )


def template() -> dict[str, object]:
    """The values of an entry as it was appended."""
    append(0)
    names = [field.attname for field in AuditEntry._meta.concrete_fields]
    return AuditEntry.objects.order_by("-id").values(*names)[0]


def insert(values: dict[str, object], number: int) -> None:
    with transaction.atomic():
        PlainEntry(**values | {"id": number, "at": timezone.now()}).save(force_insert=True)


def timed(job: Callable[[int], None], numbers: range) -> float:
    began = time.perf_counter()
    for number in numbers:
        job(number)
    return time.perf_counter() - began


def take_turns(rows: int, rounds: int) -> list[tuple[float, float]]:
    with connection.schema_editor() as editor:
        editor.create_model(PlainEntry)
    values = template()
    insert(values, 0)
    turns = [range(number * rows + 1, (number + 1) * rows + 1) for number in range(rounds)]
    return [(timed(lambda number: insert(values, number), turn), timed(append, turn)) for turn in turns]


def main() -> None:
    match sys.argv[1:]:
        case ["turns", rows, rounds]:
            print(json.dumps({"rounds": take_turns(int(rows), int(rounds))}))
        case ["plain", rows, writer]:
            values, start = template(), (int(writer) + 1) * 10_000_000
            print(timed(lambda number: insert(values, number), range(start, start + int(rows))))
        case ["append", rows, _]:
            print(timed(append, range(int(rows))))
        case ["verify"]:
            print(verify().state)


if __name__ == "__main__":
    main()
