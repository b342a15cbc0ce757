from uuid import uuid4

import pytest
from django.test import Client

from console.models import Account, AuditEntry, DriftItem, DriftState, User
from console.services import audit, drift_items
from tests import make


@pytest.fixture
def item(alibaba: Account) -> DriftItem:
    return make.drift_item(make.cached_product(alibaba))


@pytest.fixture
def url(item: DriftItem) -> str:
    return f"/drift/{item.pk}/ignore/"


@pytest.mark.parametrize("reason", ["", "A test of the vendor."])
def test_it_is_ignored_and_told(as_pm: Client, pm: User, item: DriftItem, url: str, reason: str):
    assert as_pm.post(url, {"reason": reason}).status_code == 303
    item.refresh_from_db()
    assert (item.state, item.settled_by, item.reason) == (DriftState.IGNORED, pm, reason)
    entry = AuditEntry.objects.get(action="drift.ignore")
    assert (entry.actor, audit.details_of(entry).parameters.get("reason", "")) == (pm, reason)


def test_a_reason_that_is_too_long_is_not_taken(as_pm: Client, item: DriftItem, url: str):
    response = as_pm.post(url, {"reason": "x" * 301})
    assert response.status_code == 422
    assert 'id="ignore_reason_error"' in response.content.decode()
    item.refresh_from_db()
    assert item.is_open


def test_who_comes_second_hears_it(as_pm: Client, pm: User, item: DriftItem, url: str):
    drift_items.accept(item, actor=pm)
    assert as_pm.post(url).status_code == 409


def test_htmx_is_sent_on(as_pm: Client, url: str):
    assert as_pm.post(url, headers=make.HTMX)["HX-Redirect"] == "/drift/"


def test_a_viewer_may_not(as_viewer: Client, item: DriftItem, url: str):
    assert as_viewer.post(url).status_code == 403
    assert make.trail(action="drift.ignore") == [("drift.ignore", "denied")]


def test_a_stranger_is_sent_to_sign_in(client: Client, url: str):
    assert client.post(url).status_code == 302


def test_it_is_not_for_reading(as_pm: Client, url: str):
    assert as_pm.get(url).status_code == 405


def test_an_unknown_one_is_not_found(as_pm: Client):
    assert as_pm.post(f"/drift/{uuid4()}/ignore/").status_code == 404
