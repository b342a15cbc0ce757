from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group

from console.lib.keyset import Cursor
from console.models import Account, AuditEntry, Product, User
from console.sandbox.server import Sandbox
from console.services import audit, audit_search, modules, product_search
from console.services.audit_search import Found, Search
from console.services.roles import Role
from tests import make


@pytest.fixture
def trail(alibaba: Account, pm: User, sandbox: Sandbox) -> list[AuditEntry]:
    """A product, a module that was refused, one that was done, and somebody who was denied."""
    product = make.created_product(alibaba, pm)
    sandbox.control.create_module(product.product_key, "taken")
    for name in ("taken", "barcodeScanner"):
        modules.create(product=product, spec=make.module_spec(product, name), form_token=uuid4(), actor=pm)
    audit.append_denied(action="module.delete", actor=make.user("viewer", Role.VIEWER), path="/modules/1/delete/")
    return list(AuditEntry.objects.order_by("id"))


@pytest.fixture
def auditor(db: None) -> User:
    return make.user("auditor", Role.AUDITOR)


def found(reader: User, **filters: object) -> list[tuple[str, str]]:
    page = audit_search.find_entries(search=Search(**filters), reader=reader)  # type: ignore[arg-type]
    return [(entry.action, entry.outcome) for entry in page.rows]


def test_the_filters_find_by_what_is_chosen(trail: list[AuditEntry], alibaba: Account, auditor: User):
    assert found(auditor, actor="viewer") == [("module.delete", "denied")]
    assert found(auditor, action="product.create") == [("product.create", "done"), ("product.create", "requested")]
    assert found(auditor, outcome="refused") == [("module.create", "refused")]
    assert len(found(auditor, account=alibaba.slug)) == len(trail) - 1
    assert found(auditor, account="elsewhere") == []


def test_the_filters_find_by_text_and_time(trail: list[AuditEntry], auditor: User):
    assert found(auditor, text="BARCODE") == [("module.create", "done"), ("module.create", "requested")]
    done = trail[-2]
    assert found(auditor, text=done.request_id) == [("module.create", "done")]
    assert len(found(auditor, text=done.operation_id)) == 2
    assert found(auditor, since=trail[-1].at) == [("module.delete", "denied")]
    assert len(found(auditor, until=trail[-1].at)) == len(trail) - 1


def test_somebody_who_may_see_only_their_own_sees_only_their_own(trail: list[AuditEntry], pm: User):
    assert found(pm, actor="viewer") == []
    own = audit_search.find_entries(search=Search(), reader=pm)
    assert {entry.actor_id for entry in own.rows} == {pm.pk}


def test_the_story_of_an_operation_and_the_history_of_an_object(trail: list[AuditEntry], auditor: User):
    story = audit_search.story_of(trail[-2].operation_id)
    assert [entry.outcome for entry in story] == ["requested", "done"]
    product = product_search.find_products(reader=auditor, search=product_search.ProductSearch()).rows[0]
    module = product.modules.get()
    assert audit_search.latest(reader=auditor, of=[product, module])[0] == trail[-2]
    assert len(audit_search.latest(reader=auditor, of=[product, module], size=2)) == 2


def test_the_latest_leave_out_a_request_that_is_answered(trail: list[AuditEntry], auditor: User):
    shown = audit_search.latest(reader=auditor, size=20)
    answered = {entry.operation_id for entry in shown if entry.operation_id}
    assert answered
    assert all(entry.outcome != "requested" for entry in shown if entry.operation_id in answered)


def test_an_object_is_found_by_its_id_and_has_its_history(trail: list[AuditEntry], auditor: User):
    product = trail[2].target_id
    told = found(auditor, target=product)
    assert ("product.create", "done") in told
    assert [(entry.action, entry.outcome) for entry in history(product, auditor)] == told


def history(product_id: str, reader: User) -> list[AuditEntry]:
    product = Product.objects.get(pk=product_id)
    return audit_search.find_history(of=[product], reader=reader).rows


def look_for(text: str, reader: User, cursor: str = "") -> Found:
    return audit_search.find_entries(search=Search(text=text), reader=reader, cursor=cursor, reach=3)


def test_a_name_is_looked_for_a_bounded_way_back_and_then_further(auditor: User, pm: User):
    for name in ("Wanted_1", *"abcd", "Wanted_2", *"ef"):
        make.entry(pm, target_name=name)
    names, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page = look_for("wanted", auditor, cursor)
        assert bool(page.looked_to) == bool(page.next)
        names += [entry.target_name for entry in page.rows]
        cursor, pages = page.next, pages + 1
    assert (names, pages) == (["Wanted_2", "Wanted_1"], 3)


@pytest.mark.parametrize("values", [("no time", "1"), ("2026-01-01T00:00:00", "1"), ("9999-12-31T23:59:59-14:00", "1")])
def test_a_name_is_looked_for_from_the_newest_with_a_cursor_that_is_none(auditor: User, values: tuple[str, str]):
    make.entry(None, target_name="Wanted")
    assert [entry.target_name for entry in look_for("Wanted", auditor, Cursor(values=values).encode()).rows] == [
        "Wanted"
    ]


def test_pages_stay_within_their_time(auditor: User):
    for minute in range(10):
        make.entry(None, target_name=str(minute), at=f"2026-03-02T10:0{minute}:00+00:00")
    within = Search(since=datetime(2026, 3, 2, 10, 2, tzinfo=UTC), until=datetime(2026, 3, 2, 10, 8, tzinfo=UTC))
    first = audit_search.find_entries(search=within, reader=auditor, size=4)
    second = audit_search.find_entries(search=within, reader=auditor, size=4, cursor=first.next)
    back = audit_search.find_entries(search=within, reader=auditor, size=4, cursor=second.previous)
    assert [entry.target_name for entry in first.rows] == ["7", "6", "5", "4"]
    assert [entry.target_name for entry in second.rows] == ["3", "2"]
    assert (second.next, back.rows, back.previous) == ("", first.rows, "")
    beyond = Cursor(values=("2026-03-02T10:09:30+00:00", "99")).encode()
    rubbish = Cursor(values=("2026-03-02T10:03:00+00:00", "x")).encode()
    for cursor in (beyond, rubbish):
        assert audit_search.find_entries(search=within, reader=auditor, size=4, cursor=cursor).rows == first.rows


def test_an_id_from_an_account_out_of_sight_is_a_text_like_any_other(trail: list[AuditEntry], pm: User, auditor: User):
    """Else a name that holds the id, and that one is allowed to give, would tell whether there is such an id."""
    closed = make.account(platform="tuya", slug="closed")
    make.entry(auditor, account=closed, request_id="R-hidden")
    make.entry(pm, target_name="about R-hidden")
    assert found(pm, text="R-hidden") == [("product.create", "done")]
    closed.visible_to.add(Group.objects.create(name="others"))
    assert found(auditor, text="R-hidden") == [("product.create", "done")]
