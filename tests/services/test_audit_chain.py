"""Appending by several at once, each on a connection of its own: no gap, no fork, whatever becomes of them."""

import os
import signal
from functools import partial
from multiprocessing import get_context

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from console.models import AuditEntry, AuditHead
from tests import make
from tests.services.at_once import at_once
from tests.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 6, 12


def write(writer: int) -> None:
    """Every third entry goes back with its transaction."""
    for number in range(EACH):
        with transaction.atomic():
            make.entry(None, message=f"{writer}/{number}")
            transaction.set_rollback(number % 3 == 0)


def part_with_connections() -> None:
    """A process that is forked must not talk over the sockets of its parent."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def die_in_a_transaction() -> None:
    with transaction.atomic():
        make.entry(None, message="never committed")
        os.kill(os.getpid(), signal.SIGKILL)


def test_several_who_append_and_roll_back_leave_neither_gap_nor_fork(transactional_db: None):
    assert at_once(*[partial(write, writer) for writer in range(WRITERS)]) == [None] * WRITERS
    kept = WRITERS * EACH * 2 // 3
    assert list(AuditEntry.objects.order_by("id").values_list("id", flat=True)) == list(range(1, kept + 1))
    assert AuditHead.objects.get().sequence == kept
    assert verify().state == "sound"


def test_a_process_that_is_killed_leaves_neither_gap_nor_lock(transactional_db: None):
    make.entry(None)
    part_with_connections()
    for _ in range(3):
        killed = get_context("fork").Process(target=die_in_a_transaction)
        killed.start()
        killed.join(30)
        assert killed.exitcode == -signal.SIGKILL
    assert make.entry(None).pk == 2
    assert "never committed" not in "".join(AuditEntry.objects.values_list("record", flat=True))
    assert verify().state == "sound"


def test_who_finds_the_head_as_it_was_left_asks_less_of_postgresql() -> None:
    """The first after a roll-back tries in vain, the second does not try, the third knows again."""
    for _ in range(3):
        make.entry(None)
    with transaction.atomic():
        make.entry(None, message="never committed")
        transaction.set_rollback(True)
    taken = []
    for _ in range(4):
        with CaptureQueriesContext(connection) as statements:
            make.entry(None)
        taken.append(sum("console_audit" in statement["sql"] for statement in statements))
    assert taken == {"sqlite": [2, 2, 2, 2], "postgresql": [3, 2, 1, 1]}[connection.vendor]
    assert list(AuditEntry.objects.order_by("id").values_list("id", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert verify().state == "sound"
