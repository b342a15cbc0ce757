import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.models import Account, Product, User
from tests import make

URL = reverse("module-list")


@pytest.fixture
def product(alibaba: Account) -> Product:
    return make.cached_product(alibaba)


def page(client: Client, **query: str) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200
    return response.content.decode()


def test_modules_of_all_products_are_listed(as_pm: Client, product: Product, tuya: Account, pm: User):
    make.cached_module(product, alias_name="条码扫描仪", created_by=pm)
    make.cached_module(make.cached_product(tuya, "Smart_Plug"), "ble")
    shown = page(as_pm)
    for text in ("barcodeScanner", "条码扫描仪", "Smart_Plug", "ble", "outside the console"):
        assert text in shown


def test_a_module_that_is_gone_says_so_and_has_no_buttons(as_pm: Client, product: Product):
    module = make.cached_module(product, vanished_at=timezone.now())
    shown = page(as_pm)
    assert "gone, " in shown
    assert reverse("module-update", args=[module.pk]) not in shown


def test_the_default_module_cannot_be_deleted(as_pm: Client, product: Product):
    module = make.cached_module(product, "default")
    assert reverse("module-delete", args=[module.pk]) not in page(as_pm)


def test_a_viewer_sees_no_buttons(as_viewer: Client, product: Product):
    module = make.cached_module(product)
    shown = page(as_viewer)
    assert "barcodeScanner" in shown
    assert reverse("module-update", args=[module.pk]) not in shown


@pytest.mark.parametrize("text", ["SCANNER", "Hand_held", "Light_L"])
def test_name_alias_and_product_are_searched(as_pm: Client, product: Product, tuya: Account, text: str):
    make.cached_module(product, alias_name="Hand_held")
    make.cached_module(make.cached_product(tuya, "Other"), "ble")
    shown = page(as_pm, q=text)
    assert "barcodeScanner" in shown
    assert "Other" not in shown


def test_one_account_can_be_chosen(as_pm: Client, product: Product, tuya: Account):
    make.cached_module(product)
    make.cached_module(make.cached_product(tuya, "Other"), "ble")
    shown = page(as_pm, account=tuya.slug)
    assert "Other" in shown
    assert "barcodeScanner" not in shown


def test_they_can_be_ordered_by_name(as_pm: Client, product: Product):
    for name in ("bravo", "alpha", "charlie"):
        make.cached_module(product, name)
    shown = page(as_pm, order="name")
    assert shown.index("alpha") < shown.index("bravo") < shown.index("charlie")


def test_the_next_page_keeps_the_filters(as_pm: Client, product: Product):
    for number in range(51):
        make.cached_module(product, f"m{number:02}")
    response = as_pm.get(URL, {"q": "m", "order": "name"})
    following = response.context["pager"].next_url
    assert "q=m" in following
    shown = as_pm.get(following).content.decode()
    assert "m50" in shown
    assert "m49" not in shown


def test_htmx_gets_only_the_results(as_pm: Client, product: Product):
    make.cached_module(product)
    response = as_pm.get(URL, headers=make.HTMX)
    assert response.content.strip().startswith(b'<section id="module-results"')
    assert b"<html" not in response.content
    assert "HX-Request" in response["Vary"]


def test_an_empty_list_says_what_to_do(as_pm: Client):
    assert "No modules yet" in page(as_pm)
    assert "No module matches" in page(as_pm, q="nothing")


@pytest.mark.parametrize("query", [{"account": "nobody's"}, {"order": "sideways"}, {"q": "\x00"}, {"page": "rubbish"}])
def test_a_query_of_rubbish_filters_nothing(as_pm: Client, product: Product, query: dict[str, str]):
    make.cached_module(product)
    assert "barcodeScanner" in page(as_pm, **query)


def test_more_rows_are_not_more_queries(as_pm: Client, product: Product, pm: User):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(as_pm)
        return len(captured)

    for number in range(2):
        make.cached_module(product, f"m{number}", created_by=pm)
    few = queries()
    for number in range(2, 10):
        make.cached_module(make.cached_product(product.account, f"P{number}"), f"m{number}", created_by=pm)
    assert queries() == few


def test_texts_are_escaped(as_pm: Client, product: Product):
    make.cached_module(product, desc="<script>alert(1)</script>")
    assert "<script>alert" not in page(as_pm)


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None):
    assert client.get(URL).status_code == 302


def test_it_only_reads(as_pm: Client):
    assert as_pm.post(URL).status_code == 405


def test_drift_and_what_was_not_shown_are_marked(as_viewer: Client, product: Product):
    item = make.drift_item(make.cached_module(product, "ble"))
    make.cached_module(product, "wifi", missing_since=timezone.now())
    shown = page(as_viewer)
    assert shown.count(f'href="/drift/{item.pk}/"') == 1
    assert shown.count("not shown since") == 1
