"""When an account's circuit opens, what it lets through, and how it closes."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.models import Account, AuditEntry, Circuit
from console.platforms.errors import NotSent, PlatformError, Refused, Throttled, Unknown, Unreadable
from console.services import circuit
from console.services.audit import details_of
from tests import make
from tests.services.at_once import at_once

REFUSED_CONNECTION = "The endpoint refused the connection. Nothing was sent."
OPENED = [("account.unreachable", "unreadable")]
CLOSED = [*OPENED, ("account.reachable", "done")]


@pytest.fixture
def account(db: None) -> Account:
    return make.account()


def fail(account: Account, times: int = 1, reason: str = REFUSED_CONNECTION) -> None:
    for _ in range(times):
        circuit.note_failure(account, reason)


def open_at(account: Account, moment: str = "2026-11-23T14:02:00Z") -> None:
    with time_machine.travel(datetime.fromisoformat(moment), tick=False):
        fail(account, circuit.FAILURES_TO_OPEN)


def passes(account: Account, *, writes: bool = False) -> bool:
    try:
        circuit.require_closed(account, writes=writes)
    except NotSent:
        return False
    return True


def told() -> list[tuple[str, str]]:
    return make.trail(action__in=["account.unreachable", "account.reachable"])


def pause_of(account: Account) -> float:
    probe_at = Circuit.objects.get(account=account).probe_at
    assert probe_at
    return (probe_at - timezone.now()).total_seconds()


def test_the_fifth_failure_in_a_row_opens_it(account: Account):
    fail(account, 4)
    assert (passes(account, writes=True), circuit.find_open(), told()) == (True, [], [])
    fail(account)
    assert (passes(account, writes=True), [found.account for found in circuit.find_open()]) == (False, [account])
    assert told() == OPENED


def test_one_answer_begins_the_count_anew(account: Account):
    fail(account, 4)
    circuit.note_success(account)
    fail(account, 4)
    assert passes(account, writes=True)
    assert told() == []


def test_who_is_not_let_through_hears_since_when_and_why(account: Account):
    open_at(account)
    with time_machine.travel(datetime.fromisoformat("2026-11-23T14:02:05Z"), tick=False), pytest.raises(NotSent) as hit:
        circuit.require_closed(account, writes=True)
    assert hit.value.reason == (
        "The platform of “Alibaba test” has been out of reach since 23 Nov, 14:02 UTC. "
        "The endpoint refused the connection. Nothing was sent."
    )


def test_the_trail_tells_of_the_opening_and_of_the_closing(account: Account):
    open_at(account)
    circuit.note_success(account)
    assert told() == CLOSED
    opened, closed = AuditEntry.objects.filter(target_id=str(account.pk)).order_by("id")[1:]
    assert (opened.actor, opened.account_slug, details_of(opened).message) == (None, account.slug, REFUSED_CONNECTION)
    assert details_of(closed).message == "It had been out of reach since 23 Nov, 14:02 UTC."


def test_what_fails_while_it_is_open_is_not_told_again(account: Account):
    fail(account, 12)
    assert told() == OPENED


def test_closing_leaves_nothing_noted(account: Account):
    fail(account, 5)
    circuit.note_success(account)
    assert Circuit.objects.filter(failures=0, reason="", opened_at=None, probe_at=None).exists()
    assert passes(account, writes=True)


def test_only_a_read_may_be_the_probe_and_only_when_it_is_due(account: Account):
    open_at(account)
    with time_machine.travel(datetime.fromisoformat("2026-11-23T14:02:09Z"), tick=False):
        assert not passes(account)
    with time_machine.travel(datetime.fromisoformat("2026-11-23T14:02:10Z"), tick=False):
        assert not passes(account, writes=True)
        assert passes(account)
        assert not passes(account)


def test_a_probe_that_never_came_back_is_followed_by_the_next(account: Account):
    open_at(account)
    with time_machine.travel(datetime.fromisoformat("2026-11-23T14:02:10Z"), tick=False) as clock:
        assert passes(account)
        clock.shift(19)
        assert not passes(account)
        clock.shift(1)
        assert passes(account)


def test_probes_that_fail_come_less_often_up_to_once_a_minute(account: Account):
    with time_machine.travel(datetime.fromisoformat("2026-11-23T14:00:00Z"), tick=False) as clock:
        fail(account, circuit.FAILURES_TO_OPEN)
        pauses = []
        for _ in range(9):
            pauses.append(pause_of(account))
            clock.shift(pauses[-1])
            assert passes(account)
            fail(account)
    assert pauses == [10, 10, 10, 15, 22.5, 33.75, 50.625, 60, 60]


def test_the_newest_reason_is_the_one_that_is_told(account: Account):
    fail(account, 5)
    fail(account, reason="The endpoint's host name was not found. Nothing was sent.")
    assert circuit.why(circuit.find_open()[0]) == "The endpoint's host name was not found."


def test_somebody_may_bring_the_next_probe_forward(account: Account):
    fail(account, 5)
    circuit.make_due(account)
    assert passes(account)


def test_there_is_nothing_to_bring_forward_while_it_is_closed(account: Account):
    fail(account, 4)
    circuit.make_due(account)
    assert Circuit.objects.get().probe_at is None


def test_one_account_does_not_touch_another(account: Account):
    other = make.account(slug="other")
    fail(account, 5)
    fail(other, 4)
    assert passes(other, writes=True)
    circuit.note_success(other)
    assert [found.account for found in circuit.find_open()] == [account]


def test_a_call_that_is_answered_costs_two_reads_and_no_write(account: Account):
    with CaptureQueriesContext(connection) as captured:
        circuit.require_closed(account, writes=True)
        with circuit.noting(account):
            pass
    assert [query["sql"].split()[0] for query in captured] == ["SELECT", "SELECT"]
    assert not Circuit.objects.exists()


@pytest.mark.parametrize("answer", [None, Refused("It said no."), Throttled("It was too much.")])
def test_an_answer_of_any_kind_closes_it(account: Account, answer: PlatformError | None):
    fail(account, 5)
    end_with(account, answer)
    assert circuit.find_open() == []


@pytest.mark.parametrize("kind", [NotSent, Unknown, Unreadable])
def test_no_usable_answer_is_a_failure(account: Account, kind: type[PlatformError]):
    for _ in range(5):
        end_with(account, kind("Nobody knows."))
    assert [found.reason for found in circuit.find_open()] == ["Nobody knows."]


def test_a_fault_of_the_console_is_neither(account: Account):
    fail(account, 4)
    with pytest.raises(KeyError), circuit.noting(account):
        raise KeyError("a bug")
    assert Circuit.objects.get().failures == 4


def end_with(account: Account, answer: PlatformError | None) -> None:
    with suppress(PlatformError), circuit.noting(account):
        if answer:
            raise answer


@pytest.mark.django_db(transaction=True)
def test_of_eight_reads_at_once_one_is_the_probe(transactional_db: None, account: Account):
    fail(account, 5)
    circuit.make_due(account)
    assert sum(at_once(*[partial(passes, account)] * 8)) == 1


@pytest.mark.django_db(transaction=True)
def test_failures_at_once_are_all_counted_and_told_once(transactional_db: None, account: Account):
    at_once(*[partial(fail, account)] * 8)
    assert Circuit.objects.get().failures == 8
    assert told() == OPENED


@pytest.mark.django_db(transaction=True)
def test_answers_at_once_close_it_once(transactional_db: None, account: Account):
    fail(account, 5)
    at_once(*[partial(circuit.note_success, account)] * 8)
    assert told() == CLOSED


@pytest.mark.django_db(transaction=True)
def test_answers_and_failures_at_once_never_leave_it_open_without_a_failure(transactional_db: None, account: Account):
    jobs: list[Callable[[], None]] = [partial(fail, account, 5), partial(circuit.note_success, account)] * 4
    at_once(*jobs)
    noted = Circuit.objects.get()
    assert (noted.opened_at is None) == (noted.probe_at is None)
    assert noted.opened_at is None or noted.failures >= circuit.FAILURES_TO_OPEN
    circuit.note_success(account)
    assert circuit.find_open() == []
