import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.models import Account, Operation, OperationState, Product, User
from console.models.operation import OPEN_STATES
from console.services import modules
from tests import make
from tests.views.ledger_rows import operation


@pytest.fixture
def product(alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


@pytest.fixture
def done(product: Product, pm: User) -> Operation:
    spec = make.module_spec(product, desc="<b>bold</b>")
    return modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm)


def lost(product: Product, pm: User, state: str = OperationState.UNKNOWN, **columns: object) -> Operation:
    long_ago = timezone.now() - timedelta(minutes=5)
    return operation(product, pm, state=state, **{"sent_at": long_ago} | columns)


def page_of(operation: Operation) -> str:
    return reverse("operation-detail", args=[operation.pk])


def shown(client: Client, operation: Operation) -> str:
    response = client.get(page_of(operation))
    assert response.status_code == 200
    return response.content.decode()


def test_what_was_asked_and_what_came_of_it(as_viewer: Client, done: Operation):
    page = shown(as_viewer, done)
    assert done.request_id in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "barcodeScanner" in page
    assert reverse("product-detail", args=[done.product_id]) in page


def test_an_edit_shows_what_was_there_before(as_viewer: Client, product: Product, pm: User):
    asked = {"parameters": {"Desc": "new", "AliasName": "same"}, "before": {"Desc": "<old>", "AliasName": "same"}}
    page = shown(as_viewer, operation(product, pm, action="module.update", **asked))
    assert re.search(r"<del[^>]*>&lt;old&gt;</del>.*→.*new", page, re.DOTALL)
    assert page.count("<del") == 1


def test_an_unknown_one_says_what_is_known_and_what_is_done(as_pm: Client, product: Product, pm: User):
    looked = {"finding": "The platform lists no module.", "looked_at": timezone.now(), "looks": 3}
    page = shown(as_pm, lost(product, pm, next_look_at=timezone.now() + timedelta(minutes=1), **looked))
    assert "It may have changed the platform. It will not be sent a second time." in page
    assert "The platform lists no module." in page
    assert "3 times so far" in page
    assert re.search(r"Looked up <time[^>]*>just now</time>, again in 1 min", page)


@pytest.mark.parametrize(
    ("state", "deeds"),
    [
        (OperationState.PLANNED, set()),
        (OperationState.SENT, set()),
        (OperationState.UNKNOWN, {"look", "abandon"}),
        (OperationState.CONFLICT, {"look", "adopt", "abandon"}),
        (OperationState.RETRYABLE, {"look", "retry", "abandon"}),
        (OperationState.ADOPTED, set()),
        (OperationState.ABANDONED, set()),
    ],
)
def test_each_state_has_the_buttons_that_make_sense(
    as_pm: Client, product: Product, pm: User, state: str, deeds: set[str]
):
    page = shown(as_pm, lost(product, pm, state))
    assert set(re.findall(r'id="do-(\w+)-', page)) == deeds
    asks = set(re.findall(r'<details class="card card-body needs-no-script" id="(\w+)"', page))
    assert asks == deeds & {"adopt", "abandon"}


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_is_offered_nothing(
    request: pytest.FixtureRequest, who: str, product: Product, pm: User, state: str
):
    page = shown(request.getfixturevalue(who), lost(product, pm, state))
    assert "What is being done" in page
    assert not re.search(r'id="do-|<dialog|/abandon/|/adopt/|/retry/|/look/', page)


def test_an_adopted_one_says_by_whom_and_why(as_viewer: Client, product: Product, pm: User):
    ended = {"settled_at": timezone.now(), "settled_by": pm, "reason": "Made by <hand>", "finding": "It differs."}
    page = shown(as_viewer, lost(product, pm, OperationState.ADOPTED, **ended))
    assert "How it ended" in page
    assert "Made by &lt;hand&gt;" in page
    assert "It differs." in page
    assert "<dd>pm, <time" in page


def test_one_that_the_console_settled_says_so(as_viewer: Client, product: Product, pm: User):
    page = shown(as_viewer, lost(product, pm, OperationState.ADOPTED, settled_at=timezone.now()))
    assert "<dd>the console, <time" in page


def test_attempts_know_one_another(as_viewer: Client, product: Product, pm: User):
    first = lost(product, pm, OperationState.ABANDONED, settled_at=timezone.now())
    second = lost(product, pm, OperationState.DONE, retry_of=first)
    assert page_of(second) in shown(as_viewer, first)
    assert page_of(first) in shown(as_viewer, second)
    assert page_of(second) not in shown(as_viewer, second).split("<main", 1)[1]


def poll(client: Client, operation: Operation, version: str) -> tuple[int, str]:
    response = client.get(page_of(operation), headers=make.HTMX | {"X-Shown": version})
    return response.status_code, response.content.decode()


def test_one_under_way_is_followed_and_left_alone_while_nothing_changes(as_pm: Client, product: Product, pm: User):
    sent = lost(product, pm, OperationState.SENT, sent_at=timezone.now())
    page = shown(as_pm, sent)
    assert 'hx-trigger="every 2s"' in page
    version = re.findall(r'"X-Shown": "(\w+)"', page)[0]
    assert poll(as_pm, sent, version) == (204, "")
    Operation.objects.filter(pk=sent.pk).update(state=OperationState.UNKNOWN)
    status, part = poll(as_pm, sent, version)
    assert status == 200
    assert part.strip().startswith('<div id="operation"')
    assert "<dialog" not in part, "what somebody types in a dialog stays"


def test_following_ends_when_it_is_settled(as_viewer: Client, done: Operation):
    status, part = poll(as_viewer, done, "older")
    assert status == 286
    assert "hx-trigger" not in part


def test_one_that_hangs_is_looked_at_less_often(as_viewer: Client, product: Product, pm: User):
    before = timezone.now() - timedelta(minutes=5)
    page = shown(as_viewer, lost(product, pm, OperationState.SENT, created_at=before))
    assert "The process that sent it may have stopped." in page
    assert 'hx-trigger="every 30s"' in page


def test_the_entries_open_for_those_who_may_read_them(
    as_viewer: Client, as_auditor: Client, as_pm: Client, done: Operation
):
    entry = reverse("audit-list")
    story = [line.url for line in as_auditor.get(page_of(done)).context["story"]]
    assert [url.startswith(entry) for url in story] == [True, True]
    assert [line.url for line in as_pm.get(page_of(done)).context["story"]] == story
    assert [line.url for line in as_viewer.get(page_of(done)).context["story"]] == ["", ""]


def test_a_stranger_is_sent_to_sign_in(client: Client, done: Operation):
    assert client.get(page_of(done)).status_code == 302


def test_an_unknown_id_is_not_found(as_pm: Client):
    assert as_pm.get(reverse("operation-detail", args=[uuid4()])).status_code == 404


def test_it_only_reads(as_pm: Client, done: Operation):
    assert as_pm.post(page_of(done)).status_code == 405
