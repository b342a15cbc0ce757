from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.models import Account, DriftKind, DriftState, Product, SyncRun, User
from tests import make

URL = reverse("drift-list")


@pytest.fixture
def product(alibaba: Account) -> Product:
    return make.cached_product(alibaba, "条码扫描仪")


def page(client: Client, **query: str) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200
    return response.content.decode()


def settled(product: Product, by: User | None = None, **columns: object) -> None:
    make.drift_item(product, state=DriftState.ACCEPTED, settled_at=timezone.now(), settled_by=by, **columns)


def test_what_is_open_stands_on_top(as_viewer: Client, pm: User, product: Product, tuya: Account):
    settled(make.cached_product(tuya, "Smart_Plug"), by=pm)
    make.drift_item(product)
    shown = page(as_viewer)
    assert (
        shown.index("Open</h2>") < shown.index("条码扫描仪") < shown.index("Settled</h2>") < shown.index("Smart_Plug")
    )
    assert "outcome outcome-drift" in shown
    assert "by pm" in shown


def test_a_change_is_shown_with_before_and_after(as_viewer: Client, product: Product):
    module = make.cached_module(product, "ble")
    make.drift_item(module, DriftKind.CHANGED, before={"alias_name": "<b>Radio</b>"}, after={"alias_name": ""})
    shown = page(as_viewer)
    assert "Alias: &lt;b&gt;Radio&lt;/b&gt; → <b>empty</b>" in shown
    assert "module of" in shown


def test_the_navigation_counts_what_is_open(as_viewer: Client, product: Product):
    make.drift_item(product)
    settled(product)
    assert as_viewer.get("/").context["nav_drift"] == 1


@pytest.mark.parametrize(
    ("query", "seen"),
    [({"kind": "gone"}, {"Old"}), ({"account": "tuya-test"}, {"Plug"}), ({"kind": "rubbish"}, {"Old", "Plug"})],
)
def test_it_is_filtered(as_viewer: Client, alibaba: Account, tuya: Account, query: dict[str, str], seen: set[str]):
    make.drift_item(make.cached_product(alibaba, "Old"), DriftKind.GONE)
    make.drift_item(make.cached_product(tuya, "Plug"))
    shown = page(as_viewer, **query)
    assert {name for name in ("Old", "Plug") if name in shown} == seen


def test_settled_ones_are_paged(as_viewer: Client, product: Product):
    for number in range(51):
        row = make.cached_product(product.account, f"P{number:02}")
        settled(row, found_at=timezone.now() - timedelta(minutes=number))
    response = as_viewer.get(URL, {"account": "alibaba-test"})
    assert "P50" not in response.content.decode()
    assert "P50" in as_viewer.get(response.context["pager"].next_url).content.decode()


def test_only_who_may_write_can_tick(as_viewer: Client, as_auditor: Client, as_pm: Client, product: Product):
    make.drift_item(product)
    assert 'name="item"' in page(as_pm)
    assert 'name="item"' not in page(as_viewer)
    assert 'name="item"' not in page(as_auditor)


def test_empty_it_says_what_will_be_here(as_viewer: Client, alibaba: Account):
    assert "No drift yet" in page(as_viewer)
    assert "Nothing matches" in page(as_viewer, kind="gone")
    now = timezone.now()
    SyncRun.objects.create(account=alibaba, started_at=now, touched_at=now)
    assert "Nothing was found on the platforms" in page(as_viewer)


def test_htmx_gets_only_the_lists(as_viewer: Client):
    assert as_viewer.get(URL, headers=make.HTMX).content.strip().startswith(b'<div id="drift"')


def test_more_rows_are_not_more_queries(as_pm: Client, product: Product):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(as_pm)
        return len(captured)

    make.drift_item(make.cached_module(product, "first"))
    settled(product)
    few = queries()
    for number in range(6):
        make.drift_item(make.cached_module(product, f"m{number}"))
        settled(make.cached_product(product.account, f"P{number}"))
    assert queries() == few


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None):
    assert client.get(URL).status_code == 302


def test_it_only_reads(as_pm: Client):
    assert as_pm.post(URL).status_code == 405
