from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import QuerySet

from console.lib.keyset import Cursor
from console.models import Account, AuditEntry, Outcome, Product
from console.services import audit, audit_search, product_search
from console.services.paging import Order, Page, page
from console.services.roles import Role
from tests import make

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
OLDEST_FIRST = Order(fields=("created_at", "id"))
NEWEST_FIRST = Order(fields=("created_at", "id"), descending=True)


def fill(account: Account, count: int, *, since: datetime = NEW_YEAR, prefix: str = "p") -> None:
    """Products of which each three were made in the same second."""
    Product.objects.bulk_create(
        Product(
            account=account,
            product_key=f"{prefix}{number}",
            product_name=f"Name {number % 7}",
            created_at=since + timedelta(seconds=number // 3),
            verified_at=since,
            verified_by="test",
        )
        for number in range(count)
    )


def read(rows: QuerySet[Product], order: Order, cursor: str = "", size: int = 90) -> Page[Product]:
    return page(rows, order=order, cursor=cursor, size=size)


def walk(order: Order, size: int = 90) -> list[Page[Product]]:
    pages = [read(Product.objects.all(), order, size=size)]
    while pages[-1].next:
        pages.append(read(Product.objects.all(), order, pages[-1].next, size))
    return pages


def keys(pages: list[Page[Product]]) -> list[str]:
    return [row.product_key for found in pages for row in found.rows]


@pytest.mark.parametrize("order", [OLDEST_FIRST, NEWEST_FIRST, product_search.ORDERS["name"]])
def test_a_thousand_rows_come_each_once_in_order(alibaba: Account, order: Order):
    fill(alibaba, 1000)
    pages = walk(order)
    expected = Product.objects.order_by(*order.order_by).values_list("product_key", flat=True)
    assert keys(pages) == list(expected)
    assert [len(found.rows) for found in pages] == [90] * 11 + [10]


@pytest.mark.parametrize("order", [OLDEST_FIRST, NEWEST_FIRST, product_search.ORDERS["name"]])
def test_going_back_shows_the_same_pages(alibaba: Account, order: Order):
    fill(alibaba, 200)
    forward = walk(order, size=30)
    back = [forward[-1]]
    while back[-1].previous:
        back.append(read(Product.objects.all(), order, back[-1].previous, 30))
    assert [keys([found]) for found in reversed(back)] == [keys([found]) for found in forward]
    assert (forward[0].previous, forward[-1].next, back[-1].previous) == ("", "", "")


@pytest.mark.parametrize("order", [OLDEST_FIRST, NEWEST_FIRST])
def test_rows_that_come_meanwhile_neither_repeat_nor_hide_any(alibaba: Account, order: Order):
    fill(alibaba, 300)
    seen, cursor = [], ""
    for turn in range(20):
        found = read(Product.objects.all(), order, cursor, 25)
        seen += keys([found])
        fill(alibaba, 4, since=NEW_YEAR + timedelta(seconds=turn * 5), prefix=f"new{turn}-")
        if not (cursor := found.next):
            break
    assert len(seen) == len(set(seen))
    assert {key for key in seen if key.startswith("p")} == {f"p{number}" for number in range(300)}


def test_a_page_costs_one_query_and_counts_nothing(alibaba: Account, django_assert_num_queries):
    fill(alibaba, 60)
    cursor = read(Product.objects.all(), OLDEST_FIRST, size=20).next
    with django_assert_num_queries(1):
        read(Product.objects.all(), OLDEST_FIRST, cursor, 20)


def test_an_empty_page_leads_nowhere(db: None):
    assert read(Product.objects.all(), OLDEST_FIRST) == Page(rows=[])


@pytest.mark.parametrize(
    "values",
    [
        ("", ""),
        ("yesterday", "1"),
        ("2026-01-01", "00000000-0000-0000-0000-000000000000"),
        ("2026-01-01T00:00:00", "00000000-0000-0000-0000-000000000000"),
        ("0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000000"),
        ("9999-12-31T23:59:59-14:00", "00000000-0000-0000-0000-000000000000"),
        ("2026-01-01T00:00:00Z", "no uuid"),
        ("2026-13-41T00:00:00Z", "00000000-0000-0000-0000-000000000000"),
        ("one value",),
        ("one", "two", "three"),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_cursor_that_fits_no_column_shows_the_first_page(alibaba: Account, values: tuple[str, ...], backwards: bool):
    fill(alibaba, 5)
    cursor = Cursor(values=values, backwards=backwards).encode()
    found = read(Product.objects.all(), OLDEST_FIRST, cursor, 3)
    assert keys([found]) == keys([read(Product.objects.all(), OLDEST_FIRST, size=3)])


@pytest.mark.parametrize("number", ["9" * 19, "9" * 400, "-" + "9" * 400, "0", "-1", "1e3", "٣"])
def test_a_number_beyond_the_column_is_no_error(db: None, number: str):
    auditor = make.user("auditor", Role.AUDITOR)
    audit.append(audit.Event(action="account.create", outcome=Outcome.DONE, actor=None))
    for backwards in (False, True):
        cursor = Cursor(values=("2026-01-01T00:00:00+00:00", number), backwards=backwards).encode()
        found = audit_search.find_entries(search=audit_search.Search(), reader=auditor, cursor=cursor)
        assert set(found.rows) <= set(AuditEntry.objects.all())


def test_a_cursor_of_one_order_in_another_is_no_error(alibaba: Account):
    fill(alibaba, 60)
    cursor = read(Product.objects.all(), product_search.ORDERS["name"], size=20).next
    assert keys([read(Product.objects.all(), OLDEST_FIRST, cursor, 5)]) == keys(
        [read(Product.objects.all(), OLDEST_FIRST, size=5)]
    )


def test_names_that_look_alike_to_a_database_are_kept_apart(alibaba: Account):
    for number, name in enumerate(("a", "A", "ä", "灯", "a b", "a_b", "Z", "z", "", "é")):
        make.cached_product(alibaba, name, key=f"k{number}")
    pages = walk(product_search.ORDERS["name"], size=3)
    assert sorted(keys(pages)) == [f"k{number}" for number in range(10)]
