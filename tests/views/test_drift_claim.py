from uuid import uuid4

import pytest
from django.test import Client

from console.models import Account, AuditEntry, DriftItem, DriftKind, DriftState, User
from console.services import audit, drift_items
from console.services.roles import Role
from tests import make


@pytest.fixture
def person(db: None) -> User:
    return make.user("ming", Role.PRODUCT_MANAGER)


@pytest.fixture
def item(alibaba: Account) -> DriftItem:
    return make.drift_item(make.cached_product(alibaba))


@pytest.fixture
def url(item: DriftItem) -> str:
    return f"/drift/{item.pk}/claim/"


def answers(person: User, reason: str = "She told me.") -> dict[str, object]:
    return {"person": person.pk, "reason": reason}


def test_what_is_new_counts_as_created_by_that_person(as_pm: Client, pm: User, person: User, item: DriftItem, url: str):
    assert as_pm.post(url, answers(person)).status_code == 303
    item.refresh_from_db()
    assert (item.state, item.claimed_for, item.settled_by) == (DriftState.CLAIMED, person, pm)
    assert (item.product.created_by, item.reason) == (person, "She told me.")
    entry = AuditEntry.objects.get(action="drift.claim")
    assert (entry.actor, entry.target_id) == (pm, str(item.product_id))
    assert audit.details_of(entry).parameters == {
        "found": "new",
        "for person": str(person.pk),
        "reason": "She told me.",
    }


def test_a_new_module_is_theirs_and_its_product_is_not(as_pm: Client, person: User, alibaba: Account):
    module = make.cached_module(make.cached_product(alibaba))
    as_pm.post(f"/drift/{make.drift_item(module).pk}/claim/", answers(person))
    module.refresh_from_db()
    assert (module.created_by, module.product.created_by) == (person, None)


@pytest.mark.parametrize("kind", [DriftKind.CHANGED, DriftKind.GONE])
def test_who_changed_something_did_not_create_it(as_pm: Client, person: User, alibaba: Account, kind: str):
    item = make.drift_item(make.cached_product(alibaba), kind)
    as_pm.post(f"/drift/{item.pk}/claim/", answers(person))
    item.refresh_from_db()
    assert (item.claimed_for, item.product.created_by) == (person, None)


@pytest.mark.parametrize("missing", ["person", "reason"])
def test_without_a_person_or_a_reason_it_is_asked_for(
    as_pm: Client, person: User, item: DriftItem, url: str, missing: str
):
    response = as_pm.post(url, answers(person) | {missing: " "})
    assert response.status_code == 422
    assert f'id="claim_{missing}_error"' in response.content.decode()
    item.refresh_from_db()
    assert item.is_open


def test_htmx_gets_only_the_item_back(as_pm: Client, item: DriftItem, url: str):
    response = as_pm.post(url, headers=make.HTMX)
    assert response.status_code == 422
    assert response.content.strip().startswith(b'<div id="item"')


def test_who_comes_second_hears_it_and_nothing_is_claimed(as_pm: Client, person: User, item: DriftItem, url: str):
    drift_items.accept(item, actor=person)
    response = as_pm.post(url, answers(person))
    assert response.status_code == 409
    item.refresh_from_db()
    assert (item.state, item.product.created_by) == (DriftState.ACCEPTED, None)


def test_a_viewer_may_not(as_viewer: Client, person: User, url: str):
    assert as_viewer.post(url, answers(person)).status_code == 403
    assert make.trail(action="drift.claim") == [("drift.claim", "denied")]


def test_a_stranger_is_sent_to_sign_in(client: Client, url: str):
    assert client.post(url).status_code == 302


def test_it_is_not_for_reading(as_pm: Client, url: str):
    assert as_pm.get(url).status_code == 405


def test_an_unknown_one_is_not_found(as_pm: Client):
    assert as_pm.post(f"/drift/{uuid4()}/claim/").status_code == 404
