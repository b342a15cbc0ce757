from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.models import Account, Operation, OperationState, Product, User
from tests import make

URL = reverse("operation-list")


@pytest.fixture
def product(alibaba: Account) -> Product:
    return make.cached_product(alibaba)


def operation(of: Product, actor: User, name: str, state: str = OperationState.DONE, **columns: object) -> Operation:
    return Operation.objects.create(
        form_token=uuid4(),
        account=of.account,
        action="module.create",
        natural_key=f"{of.product_key}/{name}",
        target_name=name,
        parameters={"ModuleName": name},
        state=state,
        actor=actor,
        product=of,
        created_at=timezone.now(),
        **columns,
    )


def page(client: Client) -> str:
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_not_settled_stands_on_top(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "lost", OperationState.UNKNOWN)
    operation(product, pm, "finished")
    shown = page(as_viewer)
    assert shown.index("Not settled") < shown.index("lost") < shown.index("Settled") < shown.index("finished")


def test_a_refusal_shows_the_platforms_words(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "ble", OperationState.REFUSED, code="iot.ota.Full", message="No more <b>room</b>.")
    shown = page(as_viewer)
    assert "iot.ota.Full" in shown
    assert "No more &lt;b&gt;room&lt;/b&gt;." in shown


def test_older_ones_are_on_the_next_page(as_viewer: Client, pm: User, product: Product):
    for number in range(51):
        operation(product, pm, f"m{number:02}")
    response = as_viewer.get(URL)
    assert "m50" in response.content.decode()
    assert "m00" not in response.content.decode()
    assert "m00" in as_viewer.get(response.context["pager"].next_url).content.decode()


def test_an_empty_ledger_says_what_will_be_here(as_viewer: Client):
    shown = page(as_viewer)
    assert "Nothing settled yet" in shown
    assert "Not settled" not in shown


def test_htmx_gets_only_the_lists(as_viewer: Client):
    response = as_viewer.get(URL, headers=make.HTMX)
    assert response.content.strip().startswith(b'<div id="operations"')


def test_rubbish_instead_of_a_page_shows_the_first(as_viewer: Client, pm: User, product: Product):
    operation(product, pm, "ble")
    assert "ble" in as_viewer.get(URL, {"page": "rubbish"}).content.decode()


def test_more_rows_are_not_more_queries(as_viewer: Client, pm: User, product: Product):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(as_viewer)
        return len(captured)

    operation(product, pm, "a", OperationState.UNKNOWN)
    operation(product, pm, "b")
    few = queries()
    for number in range(8):
        other = make.cached_product(product.account, f"P{number}")
        operation(other, pm, f"m{number}", OperationState.UNKNOWN if number % 2 else OperationState.DONE)
    assert queries() == few


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None):
    assert client.get(URL).status_code == 302


def test_it_only_reads(as_pm: Client):
    assert as_pm.post(URL).status_code == 405
