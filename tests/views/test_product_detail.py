from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from console.models import Account, DriftKind, DriftState, Product, User
from console.sandbox.server import Sandbox
from console.services import modules
from console.services.accounts import sealer
from console.templatetags.look import exact
from tests import make


def url(product: Product) -> str:
    return f"/products/{product.pk}/"


def test_a_product_shows_its_attributes_in_words(as_viewer: Client, alibaba: Account, pm: User):
    product = make.created_product(alibaba, pm)
    Product.objects.filter(pk=product.pk).update(net_type="WIFI", data_format=1, device_count=0)
    page = as_viewer.get(url(product)).content.decode()
    assert page.count("<h1") == 1
    for text in ("Wi-Fi", "NetType WIFI", "Alink JSON", "0 of 10 used", product.product_key, "sealed here"):
        assert text in page


def test_no_secret_is_on_the_page(as_admin: Client, alibaba: Account, pm: User):
    product = make.created_product(alibaba, pm)
    page = as_admin.get(url(product)).content.decode()
    assert product.sealed_product_secret not in page
    assert sealer().open(product.sealed_product_secret, place=product.place_of_secret) not in page


def test_modules_are_listed_and_counted(as_pm: Client, alibaba: Account):
    product = make.cached_product(alibaba)
    module = make.cached_module(product, alias_name="条码扫描仪", desc="<i>reads codes</i>")
    default = make.cached_module(product, "default")
    gone = make.cached_module(product, "old", vanished_at=timezone.now())
    page = as_pm.get(url(product)).content.decode()
    assert "1 of 10 used" in page
    assert "条码扫描仪" in page
    assert "<i>reads codes</i>" not in page
    assert f"/modules/{module.pk}/delete/" in page
    assert f"/modules/{default.pk}/edit/" in page
    assert f"/modules/{default.pk}/delete/" not in page
    assert f"/modules/{gone.pk}/edit/" not in page


def test_ten_modules_leave_no_slot(as_pm: Client, alibaba: Account):
    product = make.cached_product(alibaba)
    for number in range(10):
        make.cached_module(product, f"m{number}")
    page = as_pm.get(url(product)).content.decode()
    assert "no slot is free" in page
    assert "modules/new/" not in page


def test_ten_modules_cost_what_two_do(
    as_viewer: Client, alibaba: Account, pm: User, django_assert_max_num_queries: DjangoAssertNumQueries
):
    product = make.cached_product(alibaba)

    def show() -> int:
        with django_assert_max_num_queries(16) as queries:
            as_viewer.get(url(product))
        return len(queries)

    for number in range(2):
        make.cached_module(product, f"m{number}", created_by=pm)
    of_two = show()
    for number in range(2, 10):
        make.cached_module(product, f"m{number}", created_by=pm)
    assert show() == of_two


def test_an_unknown_create_stands_on_top(as_pm: Client, alibaba: Account, pm: User, sandbox: Sandbox):
    product = make.created_product(alibaba, pm)
    sandbox.control.add_fault("drop_after", operation="CreateOTAModule")
    operation = modules.create(product=product, spec=make.module_spec(product), form_token=uuid4(), actor=pm)
    page = as_pm.get(url(product)).content.decode()
    assert "got no answer" in page
    assert f"/operations/{operation.pk}/" in page
    assert "1 being settled" in page


def test_a_gone_product_offers_nothing_but_a_refresh(as_pm: Client, alibaba: Account):
    product = make.cached_product(alibaba, vanished_at=timezone.now())
    page = as_pm.get(url(product)).content.decode()
    assert "gone from the platform" in page
    assert f"{url(product)}refresh/" in page
    assert f"{url(product)}edit/" not in page
    assert "modules/new/" not in page


def test_tuya_products_are_not_edited(as_pm: Client, tuya: Account):
    product = make.cached_product(tuya)
    page = as_pm.get(url(product)).content.decode()
    assert f"{url(product)}edit/" not in page
    assert "modules/new/" in page


def test_a_viewer_is_offered_nothing_to_write(as_viewer: Client, alibaba: Account):
    product = make.cached_product(alibaba)
    make.cached_module(product)
    page = as_viewer.get(url(product)).content.decode()
    for path in ("refresh/", "edit/", "modules/new/", "delete/"):
        assert path not in page


def test_the_history_is_of_everybody_for_an_auditor_only(
    as_pm: Client, as_auditor: Client, as_viewer: Client, alibaba: Account, pm: User
):
    product = make.created_product(alibaba, pm)
    assert [event.what for event in as_auditor.get(url(product)).context["history"]] == ["create product"]
    assert [event.who for event in as_pm.get(url(product)).context["history"]] == ["pm"]
    assert as_viewer.get(url(product)).context["history"] == []


def test_htmx_gets_the_product_only(as_viewer: Client, alibaba: Account):
    partial = as_viewer.get(url(make.cached_product(alibaba)), headers=make.HTMX).content.decode()
    assert "<html" not in partial
    assert 'id="product"' in partial


def test_an_unknown_product_is_not_found(as_viewer: Client):
    assert as_viewer.get(f"/products/{uuid4()}/").status_code == 404


def test_nobody_looks_without_signing_in(client: Client, alibaba: Account):
    assert client.get(url(make.cached_product(alibaba))).status_code == 302


def test_the_page_is_only_read(as_pm: Client, alibaba: Account):
    assert as_pm.post(url(make.cached_product(alibaba))).status_code == 405


def test_when_and_by_what_it_was_verified_is_said(as_viewer: Client, alibaba: Account):
    product = make.cached_product(alibaba, verified_by="sync")
    page = as_viewer.get(url(product)).content.decode()
    assert f"{exact(product.verified_at)} by sync" in page
    assert "may be out of date" not in page


def test_what_was_not_verified_for_long_is_said(as_viewer: Client, alibaba: Account):
    long_ago = timezone.now() - timedelta(seconds=settings.FRESH_FOR_S + 60)
    product = make.cached_product(alibaba, verified_at=long_ago, verified_by="sync")
    page = as_viewer.get(url(product)).content.decode()
    assert "What is shown may be out of date." in page
    assert "by sync, longer ago than 60 min" in page


def test_what_the_last_sync_did_not_show_is_said(as_viewer: Client, alibaba: Account):
    product = make.cached_product(alibaba, missing_since=timezone.now())
    make.cached_module(product, missing_since=timezone.now())
    page = as_viewer.get(url(product)).content.decode()
    assert "The last sync did not show this product" in page
    assert "not shown</span>" in page


def test_drift_is_marked_where_it_was_found(as_viewer: Client, alibaba: Account):
    product = make.cached_product(alibaba)
    on_module = make.drift_item(make.cached_module(product), DriftKind.CHANGED)
    on_product = make.drift_item(product, DriftKind.CHANGED)
    make.drift_item(product, state=DriftState.ACCEPTED)
    page = as_viewer.get(url(product)).content.decode()
    assert "2 changes outside the console" in page
    assert page.count(f'href="/drift/{on_module.pk}/"') == 2
    assert page.count(f'href="/drift/{on_product.pk}/"') == 1


def test_without_drift_there_is_no_mark(as_viewer: Client, alibaba: Account):
    product = make.cached_product(alibaba)
    make.drift_item(make.cached_product(alibaba, "Other"))
    assert "outcome-drift" not in as_viewer.get(url(product)).content.decode()
