import pytest
from django.test import Client

from console.models import Account, AuditEntry
from console.services import circuit
from tests import make

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def url(alibaba: Account) -> str:
    for _ in range(circuit.FAILURES_TO_OPEN):
        circuit.note_failure(alibaba, "The endpoint refused the connection. Nothing was sent.")
    return f"/accounts/{alibaba.slug}/probe/"


@pytest.fixture
def dead_url(url: str) -> str:
    Account.objects.update(endpoint=NOWHERE)
    return url


def test_a_platform_that_answers_is_told_on_the_page_it_was_asked_from(as_pm: Client, url: str):
    response = as_pm.post(url, {"next": "/modules/?q=ble"}, follow=True)
    assert response.redirect_chain == [("/modules/?q=ble", 303)]
    assert "The platform of “Alibaba test” answers." in response.content.decode()
    assert "out of reach" not in response.content.decode()
    assert circuit.find_open() == []


def test_one_that_does_not_is_told_with_the_reason(as_pm: Client, dead_url: str):
    page = as_pm.post(dead_url, follow=True).content.decode()
    assert "The platform of “Alibaba test” is still out of reach. The endpoint refused the connection." in page
    assert len(circuit.find_open()) == 1


def test_htmx_exchanges_the_banner_only(as_pm: Client, dead_url: str):
    answer = as_pm.post(dead_url, headers=make.HTMX).content.decode()
    assert answer.lstrip().startswith('<div class="banner banner-problem circuit"')
    assert "It was tried just now." in answer
    assert "Try now" in answer


def test_htmx_hears_that_it_answers_again(as_pm: Client, url: str):
    answer = as_pm.post(url, headers=make.HTMX).content.decode()
    assert answer.lstrip().startswith('<div class="banner banner-success circuit"')
    assert "answers again" in answer


def test_nobody_is_led_to_another_site(as_pm: Client, url: str):
    assert as_pm.post(url, {"next": "https://example.com/"})["Location"] == "/"


def test_the_trail_names_who_asked(as_pm: Client, url: str):
    as_pm.post(url)
    asked = AuditEntry.objects.get(action="account.probe")
    assert (str(asked.actor), asked.outcome, asked.account_slug) == ("pm", "done", "alibaba-test")


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_may_not_ask_and_the_attempt_is_told(request: pytest.FixtureRequest, who: str, url: str):
    assert request.getfixturevalue(who).post(url).status_code == 403
    assert make.trail(action="account.probe") == [("account.probe", "denied")]
    assert len(circuit.find_open()) == 1


def test_anonymous_is_sent_to_sign_in(client: Client, url: str):
    assert client.post(url).status_code == 302


def test_it_is_not_for_reading(as_pm: Client, url: str):
    assert as_pm.get(url).status_code == 405


def test_an_unknown_account_is_not_found(as_pm: Client):
    assert as_pm.post("/accounts/none/probe/").status_code == 404
