"""What pages say while a platform is out of reach."""

from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.models import Account, Product, User
from console.sandbox.server import Sandbox
from console.services import circuit
from tests import make

BANNER = "has been out of reach since"


@pytest.fixture
def product(alibaba: Account) -> Product:
    return make.cached_product(alibaba)


@pytest.fixture
def out_of_reach(product: Product) -> Account:
    break_down(product.account)
    return product.account


def break_down(account: Account, times: int = circuit.FAILURES_TO_OPEN) -> None:
    for _ in range(times):
        circuit.note_failure(account, "The endpoint refused the connection. Nothing was sent.")


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def paths(product: Product) -> list[str]:
    module = make.cached_module(product)
    on_product = [f"/products/{product.pk}/{path}" for path in ("", "edit/", "modules/new/")]
    on_module = [f"/modules/{module.pk}/{path}/" for path in ("edit", "delete")]
    return ["/", "/products/", "/products/new/", "/products/register/", "/modules/", *on_product, *on_module]


def test_every_page_with_the_accounts_data_says_it(as_pm: Client, out_of_reach: Account, product: Product):
    for path in paths(product):
        page = text(as_pm, path)
        assert page.count(BANNER) == 1, path
        assert page.count("Try now") == 1, path


def test_no_page_says_it_of_a_platform_that_answers(as_pm: Client, product: Product):
    break_down(product.account, circuit.FAILURES_TO_OPEN - 1)
    for path in paths(product):
        assert BANNER not in text(as_pm, path), path


def test_it_says_since_when_why_and_what_comes_next(pm: User, product: Product):
    with time_machine.travel(datetime.fromisoformat("2026-11-23T14:02:00Z"), tick=False) as clock:
        as_pm = make.client(pm)
        break_down(product.account)
        page = " ".join(text(as_pm, "/").split())
        assert "<b>Alibaba test</b> has been out of reach since 23 Nov, 14:02 UTC" in page
        assert "The endpoint refused the connection. </p>" in page
        assert "Pages show what the console knew last; whatever asks for a change is not sent." in page
        assert "The console tries again at 14:02:10 UTC." in page
        clock.shift(10)
        assert "The console tries again in a moment." in text(as_pm, "/")


def test_it_is_gone_when_the_platform_answers_again(as_pm: Client, out_of_reach: Account):
    circuit.note_success(out_of_reach)
    assert BANNER not in text(as_pm, "/")


def test_a_page_about_another_account_does_not_alarm(as_pm: Client, out_of_reach: Account, tuya: Account):
    other = make.cached_product(tuya)
    assert BANNER not in text(as_pm, f"/products/{other.pk}/")
    assert BANNER not in text(as_pm, f"/products/?account={tuya.slug}")
    assert BANNER in text(as_pm, f"/products/?account={out_of_reach.slug}")


def test_of_many_accounts_the_rest_is_folded(as_pm: Client, sandbox: Sandbox):
    for number in range(4):
        break_down(make.account(slug=f"account-{number}"))
    page = text(as_pm, "/")
    assert page.count(BANNER) == 4
    assert page.index("2 more accounts out of reach") < page.index("/accounts/account-2/probe/")


def test_it_costs_one_query_however_many_are_open(as_pm: Client, db: None):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_pm.get("/audit/")
        return len([query for query in captured if "console_circuit" in query["sql"]])

    accounts = [make.account(slug=f"account-{number}") for number in range(4)]
    assert queries() == 1
    for account in accounts:
        break_down(account)
    assert queries() == 1


def test_a_viewer_is_told_but_cannot_try(as_viewer: Client, out_of_reach: Account):
    page = text(as_viewer, "/products/")
    assert BANNER in page
    assert "Try now" not in page


def test_who_has_no_role_is_told_nothing(out_of_reach: Account):
    answer = make.client(make.user("nobody")).get("/products/")
    assert answer.status_code == 403
    assert BANNER not in answer.content.decode()


def test_a_form_that_is_sent_all_the_same_is_kept(
    as_pm: Client, out_of_reach: Account, product: Product, sandbox: Sandbox
):
    url = f"/products/{product.pk}/modules/new/"
    token = as_pm.get(url).context["form"]["form_token"].value()
    answer = as_pm.post(url, {"form_token": token, "module_name": "barcodeScanner", "alias_name": "", "desc": ""})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Nothing was sent to the platform." in page
    assert 'value="barcodeScanner"' in page
    assert sandbox.control.calls() == []
