"""A trail that is partly older than its retention, and all of that archived."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from console.models import AuditArchive, AuditEntry, User
from console.services import audit_anchor
from console.services.audit_archive import archive_due
from tests import make

OLD = "2026-01-0{}T08:00:00+00:00"
# What is old in it: the second and the fifth stay.
ACTIONS = ("product.update", "product.create", "session.start", "module.update", "module.create", "product.update")
LAST_OLD = len(ACTIONS)


def make_trail(actor: User) -> list[AuditEntry]:
    """Six old entries with an anchor in the midst of them, and two new ones."""
    old = []
    for day, action in enumerate(ACTIONS, 1):
        old.append(make.entry(actor, action=action, at=OLD.format(day), message=f"This is {day}."))
        if day == 3:
            audit_anchor.anchor_now()
    return [*old, make.entry(actor, action="product.update"), make.entry(None, action="account.sync")]


def archive_all() -> list[AuditArchive]:
    made = []
    while archive := archive_due():
        made.append(archive)
    return made


@contextmanager
def archived_before(statement: str, *, times: int = 1) -> Iterator[None]:
    """Another process archives all that is due just before a statement with these words is executed, at its last of
    so many times.
    """
    left = [times]

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        if left[0] and statement in sql:
            left[0] -= 1
            if not left[0]:
                archive_all()
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield
    assert not left[0], "nothing like that was executed"
