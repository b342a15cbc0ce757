import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console.models import Account, Outcome, User
from tests import make

URL = "/audit/"


def entries(actor: User | None, *names: str, **columns: object) -> None:
    for name in names:
        make.entry(actor, target_name=name, **columns)


def test_an_auditor_sees_what_everybody_did(as_auditor: Client, alibaba: Account, pm: User):
    make.created_product(alibaba, pm, "条码扫描仪_Mini")
    page = as_auditor.get(URL).content.decode()
    for text in ("条码扫描仪_Mini", "create product", ">pm<", "done", "requested", "RequestId", ">command<"):
        assert text in page


def test_what_nobody_here_did_says_who_it_was(as_auditor: Client):
    entries(None, "Found_Lamp", action="drift.new", outcome=Outcome.DRIFT)
    assert "outside the console" in as_auditor.get(URL).content.decode()
    entries(None, "Own_Sync", action="account.sync")
    assert ">the console<" in as_auditor.get(URL).content.decode()


def test_others_see_their_own_only(as_viewer: Client, alibaba: Account, pm: User):
    make.created_product(alibaba, pm)
    as_viewer.post(reverse("sync-start", args=[alibaba.slug]))
    page = as_viewer.get(URL).content.decode()
    assert "Light_Living" not in page
    assert "denied" in page
    assert 'name="person"' not in page


def test_a_person_in_the_address_opens_nothing_to_others(as_viewer: Client, pm: User):
    entries(pm, "Secret_Plan")
    assert "Secret_Plan" not in as_viewer.get(URL, {"person": "pm"}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"person": "pm"},
        {"action": "module.create"},
        {"account": "alibaba-test"},
        {"outcome": "refused"},
        {"text": "wanted"},
        {"text": "REQ-1"},
    ],
)
def test_each_filter_finds_its_own(as_auditor: Client, alibaba: Account, pm: User, query: dict[str, str]):
    make.entry(
        pm,
        target_name="Wanted",
        action="module.create",
        outcome=Outcome.REFUSED,
        account=alibaba,
        request_id="REQ-1",
    )
    make.entry(None, target_name="Other", action="product.refresh")
    page = as_auditor.get(URL, query).content.decode()
    assert ">Wanted " in page
    assert ">Other " not in page


def test_days_are_of_utc_and_the_last_one_counts(as_auditor: Client, pm: User):
    make.entry(pm, target_name="Late", at="2026-03-02T23:59:59+00:00")
    make.entry(pm, target_name="Next", at="2026-03-03T00:00:00+00:00")
    page = as_auditor.get(URL, {"since": "2026-03-02", "until": "2026-03-02"}).content.decode()
    assert "Late" in page
    assert "Next" not in page
    assert "2 Mar 2026, 23:59" in page


@pytest.mark.parametrize(
    "query",
    [
        {"page": "rubbish"},
        {"since": "yesterday", "until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"person": "nobody", "outcome": "splendid"},
        {"text": "\x00"},
        {"text": "x" * 5000},
    ],
)
def test_rubbish_in_the_address_does_not_filter(as_auditor: Client, pm: User, query: dict[str, str]):
    entries(pm, "There")
    response = as_auditor.get(URL, query)
    assert response.status_code == 200
    assert "There" in response.content.decode()


def test_pages_keep_the_filter(as_auditor: Client, pm: User):
    entries(pm, *(f"Name_{number}" for number in range(51)))
    first = as_auditor.get(URL, {"person": "pm"})
    assert "Name_0<" not in first.content.decode().replace(" ", "")
    second = as_auditor.get(first.context["pages"].next_url)
    assert [line.on for line in second.context["lines"]] == ["Name_0"]
    assert "person=pm" in second.context["pages"].previous_url


def test_nothing_yet_differs_from_nothing_that_matches(as_auditor: Client):
    assert "Nothing yet" in as_auditor.get(URL).content.decode()
    assert "No entry matches" in as_auditor.get(URL, {"text": "absent"}).content.decode()


def test_htmx_gets_the_results_only(as_auditor: Client):
    response = as_auditor.get(URL, headers=make.HTMX)
    assert response.content.decode().lstrip().startswith('<section id="results"')
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_what_people_enter_is_escaped(as_auditor: Client, pm: User):
    entries(pm, "<script>alert(1)</script>", message="<b>no</b>")
    page = as_auditor.get(URL).content.decode()
    assert "<script>alert" not in page
    assert "<b>no</b>" not in page


def test_queries_do_not_grow_with_the_entries(as_auditor: Client, pm: User):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            as_auditor.get(URL)
        return len(captured)

    entries(pm, "One", "Two")
    few = queries()
    entries(pm, *(f"Name_{number}" for number in range(10)))
    assert queries() == few


def test_anonymous_is_sent_to_sign_in(client: Client, db: None):
    assert client.get(URL).status_code == 302


def test_it_cannot_be_posted_to(as_auditor: Client):
    assert as_auditor.post(URL).status_code == 405
