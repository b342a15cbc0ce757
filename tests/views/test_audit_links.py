"""A page links to the audit entries that open for its reader, and to no others."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console.models import Account, AuditEntry, Operation, Outcome, User
from console.services.roles import Role
from tests import make
from tests.views.ledger_rows import operation


@pytest.fixture
def colleague(db: None) -> User:
    return make.user("colleague", Role.PRODUCT_MANAGER)


@pytest.fixture
def shared(alibaba: Account, pm: User, colleague: User) -> Operation:
    """Begun by one person, looked up by the console and settled by another."""
    made = operation(make.cached_product(alibaba), pm, state="abandoned")
    for actor, outcome in ((pm, Outcome.REQUESTED), (None, Outcome.RETRYABLE), (colleague, Outcome.ABANDONED)):
        tell(made, actor, outcome)
    return made


def tell(shared: Operation, actor: User | None, outcome: Outcome) -> AuditEntry:
    columns = {"action": "module.create", "outcome": outcome, "target": shared.product, "account": shared.account}
    return make.entry(actor, operation=shared, **columns)


def linked(client: Client, page: str) -> list[int]:
    """The entries that a page links to."""
    return sorted({int(number) for number in re.findall(r'href="/audit/(\d+)/"', client.get(page).content.decode())})


def page_of(shared: Operation) -> str:
    return reverse("operation-detail", args=[shared.pk])


def entry_of(actor: User) -> str:
    return reverse("audit-detail", args=[AuditEntry.objects.get(actor=actor, action="module.create").pk])


def test_who_reads_their_own_part_is_led_to_no_closed_door(shared: Operation, pm: User, colleague: User):
    for person in (pm, colleague):
        client, own = make.client(person), list(AuditEntry.objects.filter(actor=person).values_list("pk", flat=True))
        assert linked(client, page_of(shared)) == own
        # The entry itself is shown as "this entry".
        assert linked(client, entry_of(person)) == []
        assert all(client.get(reverse("audit-detail", args=[number])).status_code == 200 for number in own)


def test_who_reads_all_is_led_to_all(shared: Operation, pm: User, as_auditor: Client):
    told = list(AuditEntry.objects.filter(operation_id=str(shared.pk)).order_by("pk").values_list("pk", flat=True))
    assert len(told) == 3
    assert linked(as_auditor, page_of(shared)) == told
    assert linked(as_auditor, entry_of(pm)) == told[1:]


def test_the_others_still_tell_what_was_done(shared: Operation, as_pm: Client, pm: User):
    page = as_pm.get(entry_of(pm)).content.decode()
    assert page.count("<b>entry ") == 2
    assert "colleague" in page


@pytest.mark.parametrize("page_of", [page_of, lambda shared: entry_of(shared.actor)])
def test_more_entries_take_no_more_queries(shared: Operation, as_pm: Client, colleague: User, page_of):
    page = page_of(shared)
    as_pm.get(page)
    with CaptureQueriesContext(connection) as few:
        as_pm.get(page)
    for _ in range(5):
        tell(shared, colleague, Outcome.UNKNOWN)
    with CaptureQueriesContext(connection) as many:
        as_pm.get(page)
    assert len(many) == len(few)
