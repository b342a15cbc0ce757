from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from console.models import Account, Operation, OperationState, User
from tests import make

URL = "/products/"


def test_a_product_is_listed_with_what_is_known_of_it(as_viewer: Client, alibaba: Account, pm: User):
    product = make.created_product(alibaba, pm)
    make.cached_module(product)
    page = as_viewer.get(URL).content.decode()
    assert page.count("<h1") == 1
    for text in (product.product_name, product.product_key, "Device", "1 of 10 modules", "verified", "pm"):
        assert text in page


def test_who_made_it_elsewhere_is_not_guessed(as_viewer: Client, alibaba: Account):
    make.cached_product(alibaba)
    assert "<i>outside the console</i>" in as_viewer.get(URL).content.decode()


def test_search_filters_and_order(as_viewer: Client, alibaba: Account, tuya: Account):
    make.cached_product(alibaba, "Light_Living", key="a1FlqIQ9xTz", net_type="WIFI")
    make.cached_product(tuya, "条码扫描仪_Mini")
    for query, there, gone in (
        ("q=light", "Light_Living", "条码扫描仪_Mini"),
        ("q=a1Flq", "Light_Living", "条码扫描仪_Mini"),
        ("q=扫描", "条码扫描仪_Mini", "Light_Living"),
        (f"account={tuya.slug}", "条码扫描仪_Mini", "Light_Living"),
    ):
        page = as_viewer.get(f"{URL}?{query}").content.decode()
        assert there in page
        assert gone not in page
    page = as_viewer.get(f"{URL}?order=name").content.decode()
    assert page.index("Light_Living") < page.index("条码扫描仪_Mini")


def test_a_gateway_is_found_by_its_kind(as_viewer: Client, alibaba: Account):
    make.cached_product(alibaba, "Light_Living")
    gateway = make.cached_product(alibaba, "Gate_Way")
    gateway.node_type = 1
    gateway.save(update_fields=["node_type"])
    page = as_viewer.get(f"{URL}?node_type=1").content.decode()
    assert "Gate_Way" in page
    assert "Light_Living" not in page


@pytest.mark.parametrize(
    "query", ["account=none&node_type=9&order=worst", "page=rubbish", "page=W10", "q=%00", "q=" + "x" * 500, "page=%ff"]
)
def test_rubbish_in_the_query_shows_the_list(as_viewer: Client, alibaba: Account, query: str):
    make.cached_product(alibaba)
    response = as_viewer.get(f"{URL}?{query}")
    assert response.status_code == 200
    assert "Light_Living" in response.content.decode()


def test_pages_keep_the_filters(as_viewer: Client, alibaba: Account):
    now = timezone.now()
    for number in range(51):
        make.cached_product(alibaba, f"Lamp_{number:02}", created_at=now + timedelta(seconds=number))
    first = as_viewer.get(f"{URL}?q=Lamp")
    following = first.context["page"].next_url
    assert following.startswith(f"{URL}?q=Lamp&page=")
    assert not first.context["page"].previous_url
    second = as_viewer.get(following)
    assert [row.product.product_name for row in second.context["rows"]] == ["Lamp_00"]
    back = as_viewer.get(second.context["page"].previous_url)
    assert [row.product for row in back.context["rows"]] == [row.product for row in first.context["rows"]]


def test_ten_rows_cost_what_two_do(
    as_viewer: Client, alibaba: Account, pm: User, django_assert_max_num_queries: DjangoAssertNumQueries
):
    def show() -> int:
        with django_assert_max_num_queries(12) as queries:
            as_viewer.get(URL)
        return len(queries)

    for number in range(2):
        make.cached_module(make.cached_product(alibaba, f"Lamp_{number}", created_by=pm))
    of_two = show()
    for number in range(2, 10):
        make.cached_module(make.cached_product(alibaba, f"Lamp_{number}", created_by=pm))
    assert show() == of_two


def test_htmx_gets_the_results_and_the_actions_only(as_pm: Client, alibaba: Account, tuya: Account):
    partial = as_pm.get(f"{URL}?account={alibaba.slug}", headers=make.HTMX).content.decode()
    assert "<html" not in partial
    assert 'id="results"' in partial
    assert f"/products/new/?account={alibaba.slug}" in partial


def test_a_gone_product_says_so(as_viewer: Client, alibaba: Account):
    make.cached_product(alibaba, vanished_at=timezone.now())
    assert ">gone<" in as_viewer.get(URL).content.decode()


def test_an_unsettled_module_shows(as_viewer: Client, alibaba: Account, pm: User):
    product = make.cached_product(alibaba)
    Operation.objects.create(
        form_token="5f0d5dd0-67d5-4b5c-8b5c-3d1f1c0ae001",
        account=alibaba,
        action="module.create",
        natural_key="x",
        target_name="ble",
        parameters={},
        state=OperationState.UNKNOWN,
        actor=pm,
        product=product,
        created_at=timezone.now(),
    )
    assert "1 unknown" in as_viewer.get(URL).content.decode()


def test_an_empty_list_says_what_to_do(as_pm: Client, as_viewer: Client, db: None):
    assert "No account yet" in as_pm.get(URL).content.decode()
    make.account()
    assert "Create one, or sync an account" in as_pm.get(URL).content.decode()
    assert "/products/new/" not in as_viewer.get(URL).content.decode()
    assert "No product matches" in as_pm.get(f"{URL}?q=nothing").content.decode()


def test_names_are_escaped(as_viewer: Client, alibaba: Account):
    make.cached_product(alibaba, "<b>Bold</b>")
    assert "<b>Bold</b>" not in as_viewer.get(URL).content.decode()


def test_nobody_looks_without_signing_in(client: Client, db: None):
    assert client.get(URL).status_code == 302


def test_a_person_without_a_role_sees_nothing(db: None):
    assert make.client(make.user("nobody")).get(URL).status_code == 403


def test_the_list_is_only_read(as_pm: Client):
    assert as_pm.post(URL).status_code == 405


def test_drift_and_what_was_not_shown_are_marked(as_viewer: Client, alibaba: Account):
    product = make.cached_product(alibaba)
    make.drift_item(product)
    make.drift_item(make.cached_module(product))
    make.cached_product(alibaba, "Lost", missing_since=timezone.now())
    page = as_viewer.get(URL).content.decode()
    assert page.count("2 drift</span>") == 1
    assert page.count("not shown since") == 1
