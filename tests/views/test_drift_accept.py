from uuid import uuid4

import pytest
from django.test import Client

from console.models import Account, AuditEntry, DriftItem, DriftState, User
from console.services import drift_items
from console.services.roles import Role
from tests import make


@pytest.fixture
def item(alibaba: Account) -> DriftItem:
    return make.drift_item(make.cached_product(alibaba))


@pytest.fixture
def url(item: DriftItem) -> str:
    return f"/drift/{item.pk}/accept/"


def test_it_is_accepted_and_told(as_pm: Client, pm: User, item: DriftItem, url: str):
    response = as_pm.post(url)
    assert (response.status_code, response["Location"]) == (303, "/drift/")
    item.refresh_from_db()
    assert (item.state, item.settled_by) == (DriftState.ACCEPTED, pm)
    assert item.settled_at
    entry = AuditEntry.objects.get(action="drift.accept")
    assert (entry.actor, entry.outcome, entry.target_kind, entry.target_id) == (
        pm,
        "done",
        "product",
        str(item.product_id),
    )


def test_a_modules_entry_names_the_module(as_pm: Client, alibaba: Account):
    module = make.cached_module(make.cached_product(alibaba))
    as_pm.post(f"/drift/{make.drift_item(module).pk}/accept/")
    assert AuditEntry.objects.get(action="drift.accept").target_id == str(module.pk)


def test_who_comes_second_hears_it(as_pm: Client, item: DriftItem, url: str):
    drift_items.ignore(item, actor=make.user("colleague", Role.PRODUCT_MANAGER))
    response = as_pm.post(url)
    assert response.status_code == 409
    assert "is ignored already" in response.content.decode()
    assert make.trail(action="drift.accept") == []
    item.refresh_from_db()
    assert item.state == DriftState.IGNORED


def test_htmx_is_sent_on(as_pm: Client, url: str):
    assert as_pm.post(url, headers=make.HTMX)["HX-Redirect"] == "/drift/"


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_may_not_accept(request: pytest.FixtureRequest, who: str, item: DriftItem, url: str):
    assert request.getfixturevalue(who).post(url).status_code == 403
    item.refresh_from_db()
    assert item.is_open
    assert make.trail(action="drift.accept") == [("drift.accept", "denied")]


def test_a_stranger_is_sent_to_sign_in(client: Client, url: str):
    assert client.post(url).status_code == 302


def test_it_is_not_for_reading(as_pm: Client, url: str):
    assert as_pm.get(url).status_code == 405


def test_an_unknown_one_is_not_found(as_pm: Client):
    assert as_pm.post(f"/drift/{uuid4()}/accept/").status_code == 404
