import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.models import Account, OperationState, Product, User
from console.models.operation import OPEN_STATES
from console.services import heartbeat
from tests import make
from tests.views.ledger_rows import operation

URL = reverse("operation-list")


@pytest.fixture
def product(alibaba: Account) -> Product:
    return make.cached_product(alibaba)


def page(client: Client, **query: str) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_not_settled_stands_on_top(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "lost_one", OperationState.UNKNOWN)
    operation(product, pm, "finished")
    shown = page(as_viewer)
    assert shown.index("Not settled") < shown.index("lost_one") < shown.index("Settled") < shown.index("finished")


def test_what_waits_for_a_person_comes_first(as_viewer: Client, pm: User, product: Product):
    for state in (OperationState.CONFLICT, OperationState.RETRYABLE, OperationState.UNKNOWN, OperationState.SENT):
        operation(product, pm, f"is_{state}", state)
    shown = page(as_viewer)
    assert shown.index("is_retryable") < shown.index("is_conflict") < shown.index("is_sent") < shown.index("is_unknown")


@pytest.mark.parametrize(
    ("state", "deeds"),
    [
        (OperationState.PLANNED, set()),
        (OperationState.SENT, set()),
        (OperationState.UNKNOWN, {"look", "abandon"}),
        (OperationState.CONFLICT, {"look", "adopt", "abandon"}),
        (OperationState.RETRYABLE, {"look", "retry", "abandon"}),
        (OperationState.DONE, set()),
    ],
)
def test_each_state_has_the_buttons_that_make_sense(
    as_pm: Client, pm: User, product: Product, state: str, deeds: set[str]
):
    lost = operation(product, pm, "ble", state, sent_at=timezone.now() - timedelta(minutes=1))
    shown = page(as_pm)
    assert set(re.findall(r'id="do-(\w+)-', shown)) == deeds
    for deed in deeds & {"adopt", "abandon"}:
        assert f'<dialog id="{deed}-{lost.pk}"' in shown
        assert f'href="{reverse("operation-detail", args=[lost.pk])}#{deed}"' in shown


def test_it_is_not_given_up_while_the_request_may_arrive(pm: User, product: Product):
    now = timezone.now().replace(hour=14, minute=2, second=0, microsecond=0)
    operation(product, pm, "ble", OperationState.UNKNOWN, sent_at=now)
    with time_machine.travel(now + timedelta(seconds=5), tick=False):
        shown = page(make.client(pm))
    assert "do-look" in shown
    assert "do-abandon" not in shown
    assert "14:02:35 UTC</span> on: until then the request may still arrive." in shown


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_has_no_buttons(request: pytest.FixtureRequest, who: str, pm: User, product: Product):
    for state in OPEN_STATES:
        operation(product, pm, f"is_{state}", state)
    shown = page(request.getfixturevalue(who))
    assert "is_conflict" in shown
    assert "do-" not in re.findall(r'id="(do-)', shown)
    assert "<dialog" not in shown


def test_what_is_known_and_being_done_is_told(as_viewer: Client, pm: User, product: Product):
    now = timezone.now()
    found = {"finding": "The platform lists <no> module.", "looks": 1}
    times = {"sent_at": now, "looked_at": now - timedelta(seconds=12), "next_look_at": now + timedelta(seconds=5)}
    operation(product, pm, "ble", OperationState.UNKNOWN, **found, **times)
    with time_machine.travel(now, tick=False):
        shown = page(as_viewer)
    assert "The platform lists &lt;no&gt; module." in shown
    assert re.search(r"Looked up <time[^>]*>12 s ago</time>, again in 5 s\.", shown)


def test_a_refusal_shows_the_platforms_words(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "ble", OperationState.REFUSED, code="iot.ota.Full", message="No more <b>room</b>.")
    shown = page(as_viewer)
    assert "iot.ota.Full" in shown
    assert "No more &lt;b&gt;room&lt;/b&gt;." in shown


def test_what_was_given_up_shows_why(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "ble", OperationState.ABANDONED, message="timed out", reason="Not needed any more")
    shown = page(as_viewer)
    assert "Not needed any more" in shown
    assert "timed out" not in shown


@pytest.mark.parametrize(
    "query",
    [{"state": "refused"}, {"action": "module.delete"}, {"account": "tuya-test"}, {"whose": "mine"}],
)
def test_the_settled_ones_can_be_filtered(
    as_pm: Client, pm: User, product: Product, tuya: Account, query: dict[str, str]
):
    fits = {
        "state": OperationState.REFUSED,
        "action": "module.delete",
        "of": make.cached_product(tuya, "Other"),
        "actor": pm,
    }
    usual = {"state": OperationState.DONE, "action": "module.create", "of": product, "actor": make.user("other")}
    chosen = {"state": "state", "action": "action", "account": "of", "whose": "actor"}[next(iter(query))]
    operation(name="the_one", **usual | {chosen: fits[chosen]})
    operation(name="not_this", **usual)
    shown = page(as_pm, **query)
    assert "the_one" in shown
    assert "not_this" not in shown


def test_filters_leave_what_is_open_in_sight(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "lost", OperationState.UNKNOWN)
    operation(product, pm, "finished")
    shown = page(as_viewer, state="refused")
    assert "lost" in shown
    assert "No operation matches" in shown


def test_rubbish_in_the_filters_does_not_filter(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "finished")
    assert "finished" in page(as_viewer, state="open", action="x", account="y", whose="z")


def test_older_ones_are_on_the_next_page_with_the_filters_kept(as_viewer: Client, pm: User, product: Product):
    for number in range(51):
        operation(product, pm, f"m{number:02}")
    response = as_viewer.get(URL, {"state": "done"})
    assert "m50" in response.content.decode()
    assert "m00" not in response.content.decode()
    following = response.context["pager"].next_url
    assert "state=done" in following
    assert "m00" in as_viewer.get(following).content.decode()


def test_an_empty_ledger_says_what_will_be_here(as_viewer: Client):
    shown = page(as_viewer)
    assert "Nothing settled yet" in shown
    assert "Not settled" not in shown
    assert 'class="filters"' not in shown


def test_htmx_gets_only_the_lists(as_viewer: Client):
    response = as_viewer.get(URL, headers=make.HTMX)
    assert response.content.strip().startswith(b'<div id="operations"')
    assert response.status_code == 200


def poll(client: Client, shown: str, url: str = URL) -> tuple[int, str]:
    version = re.findall(r'"X-Shown": "(\w+)"', shown)[0]
    response = client.get(url, headers=make.HTMX | {"X-Shown": version})
    return response.status_code, response.content.decode()


def test_what_goes_on_is_followed_and_left_alone_while_nothing_changes(as_pm: Client, pm: User, product: Product):
    lost = operation(product, pm, "ble", OperationState.UNKNOWN, sent_at=timezone.now())
    shown = page(as_pm, whose="mine")
    assert 'hx-get="/operations/?whose=mine" hx-trigger="every 2s"' in shown
    assert poll(as_pm, shown) == (204, "")
    lost.looks = 1
    lost.save(update_fields=["looks"])
    status, part = poll(as_pm, shown)
    assert (status, "hx-trigger" in part) == (200, True)
    assert "<dialog" not in part, "what somebody types in a dialog stays"


def test_following_ends_when_nothing_goes_on(as_pm: Client, pm: User, product: Product):
    lost = operation(product, pm, "ble", OperationState.UNKNOWN, sent_at=timezone.now())
    shown = page(as_pm)
    lost.state = OperationState.RETRYABLE
    lost.save(update_fields=["state"])
    status, part = poll(as_pm, shown)
    assert status == 286
    assert "hx-trigger" not in part
    assert "safe to retry" in part


def test_a_filter_inside_a_followed_part_is_answered(as_pm: Client, pm: User, product: Product):
    operation(product, pm, "ble", OperationState.SENT)
    assert 'hx-disinherit="hx-headers"' in page(as_pm)


def test_old_ones_are_looked_at_less_often(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "ble", OperationState.SENT, created_at=timezone.now() - timedelta(minutes=5))
    shown = page(as_viewer)
    assert 'hx-trigger="every 30s"' in shown
    assert "The process that sent it may have stopped." in shown


def test_what_only_waits_for_a_person_is_not_followed(as_pm: Client, pm: User, product: Product):
    operation(product, pm, "ble", OperationState.CONFLICT)
    assert "hx-trigger" not in re.findall(r'<div id="operations"[^>]*>', page(as_pm))[0]


def test_rubbish_instead_of_a_page_shows_the_first(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "ble")
    assert "ble" in page(as_viewer, page="rubbish")


def test_more_rows_are_not_more_queries(as_viewer: Client, pm: User, product: Product):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(as_viewer)
        return len(captured)

    operation(product, pm, "a", OperationState.UNKNOWN)
    operation(product, pm, "b", OperationState.ABANDONED, settled_by=pm)
    few = queries()
    for number in range(8):
        other = make.cached_product(product.account, f"P{number}")
        operation(other, pm, f"m{number}", OperationState.UNKNOWN if number % 2 else OperationState.DONE)
    assert queries() == few


def test_it_says_when_no_worker_is_alive_to_look_them_up(as_viewer: Client, pm: User, product: Product):
    assert "No background worker" not in page(as_viewer)
    lost = operation(product, pm, "lost", OperationState.UNKNOWN)
    assert "No background worker has been alive yet." in page(as_viewer)
    detail = as_viewer.get(reverse("operation-detail", args=[lost.pk])).content.decode()
    assert "No background worker has been alive yet." in detail
    heartbeat.beat()
    assert "No background worker" not in page(as_viewer)


def test_the_badge_counts_them(as_viewer: Client, pm: User, product: Product):
    for number, state in enumerate(OPEN_STATES):
        operation(product, pm, f"m{number}", state)
    assert f'<span class="badge">{len(OPEN_STATES)}<span' in page(as_viewer)


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None):
    assert client.get(URL).status_code == 302


def test_it_only_reads(as_pm: Client):
    assert as_pm.post(URL).status_code == 405
