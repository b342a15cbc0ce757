import pytest
from django.test import Client
from django.urls import reverse

from console.models import Account, Lane, Product
from tests import make
from tests.services.quota_rows import a_second_of_rest, leases, let_pass, made


@pytest.fixture
def product(db: None) -> Product:
    return make.cached_product(make.account())


def fill(account: Account) -> None:
    made(account)
    assert leases(account, Lane.FORM)
    let_pass(-2.9)


def shown(client: Client, product: Product) -> str:
    return client.get(reverse("module-create", args=[product.pk])).content.decode()


def test_a_free_account_takes_the_form_at_once(as_pm: Client, product: Product):
    assert """<span id="module-turn" class="note">The account's turn: at once</span>""" in shown(as_pm, product)


def test_a_busy_account_says_how_long_it_takes(as_pm: Client, product: Product):
    with a_second_of_rest():
        fill(product.account)
        assert "The account's turn: about 4 s" in shown(as_pm, product)


def test_the_check_while_typing_brings_it_up_to_date(as_pm: Client, product: Product):
    with a_second_of_rest():
        fill(product.account)
        answer = as_pm.get(reverse("module-check", args=[product.pk]), headers=make.HTMX)
    assert (
        '<span id="module-turn" class="note" hx-swap-oob="true">The account\'s turn: about 4 s</span>'
        in answer.content.decode()
    )
