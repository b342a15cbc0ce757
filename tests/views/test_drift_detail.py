from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from console.models import Account, DriftItem, DriftKind, DriftState, SyncRun, User
from tests import make


@pytest.fixture
def item(alibaba: Account) -> DriftItem:
    product = make.cached_product(alibaba, "Light_Hall")
    before = {"product_name": "Light_Living", "node_type": 0}
    return make.drift_item(
        product, DriftKind.CHANGED, before=before, after={"product_name": "Light_Hall", "node_type": 1}
    )


def page_of(client: Client, item: DriftItem) -> str:
    response = client.get(f"/drift/{item.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_before_and_now_in_words(as_viewer: Client, item: DriftItem):
    shown = page_of(as_viewer, item)
    for text in ("Light_Living", "Light_Hall", "Node type", "Gateway", "outside the console", "by a refresh"):
        assert text in shown


def test_the_sync_that_found_it_is_linked(as_viewer: Client, item: DriftItem):
    now = timezone.now()
    run = SyncRun.objects.create(account=item.account, started_at=now, touched_at=now)
    DriftItem.objects.update(sync=run)
    assert f'href="/syncs/{run.pk}/"' in page_of(as_viewer, item)


def test_who_may_write_has_the_buttons(as_pm: Client, as_viewer: Client, as_auditor: Client, item: DriftItem):
    for verb in ("accept", "claim", "ignore"):
        url = f'action="/drift/{item.pk}/{verb}/"'
        assert url in page_of(as_pm, item)
        assert url not in page_of(as_viewer, item)
        assert url not in page_of(as_auditor, item)


def test_only_people_who_can_still_sign_in_are_offered(as_pm: Client, item: DriftItem):
    make.user("gone_person")
    User.objects.filter(username="gone_person").update(is_active=False)
    assert ">pm</option>" in page_of(as_pm, item)
    assert "gone_person" not in page_of(as_pm, item)


def test_a_settled_one_says_by_whom_and_why_and_has_no_buttons(as_pm: Client, pm: User, item: DriftItem):
    DriftItem.objects.update(
        state=DriftState.CLAIMED, settled_by=pm, settled_at=timezone.now(), claimed_for=pm, reason="I saw <it>."
    )
    shown = page_of(as_pm, item)
    assert "I saw &lt;it&gt;." in shown
    assert "Claimed for" in shown
    assert "/accept/" not in shown


def test_htmx_gets_only_the_item(as_viewer: Client, item: DriftItem):
    response = as_viewer.get(f"/drift/{item.pk}/", headers=make.HTMX)
    assert response.content.strip().startswith(b'<div id="item"')


def test_an_unknown_one_is_not_found(as_viewer: Client):
    assert as_viewer.get(f"/drift/{uuid4()}/").status_code == 404


def test_a_stranger_is_sent_to_sign_in(client: Client, item: DriftItem):
    assert client.get(f"/drift/{item.pk}/").status_code == 302


def test_it_only_reads(as_pm: Client, item: DriftItem):
    assert as_pm.post(f"/drift/{item.pk}/").status_code == 405
