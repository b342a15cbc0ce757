from uuid import uuid4

import pytest
from django.test import Client

from console.models import Account, DriftItem, DriftState
from tests import make

URL = "/drift/accept/"


@pytest.fixture
def items(alibaba: Account) -> list[DriftItem]:
    return [make.drift_item(make.cached_product(alibaba, name)) for name in ("A", "B", "C")]


def states() -> list[str]:
    return list(DriftItem.objects.order_by("product__product_name").values_list("state", flat=True))


def test_what_is_ticked_is_accepted_and_nothing_else(as_pm: Client, items: list[DriftItem]):
    response = as_pm.post(URL, {"item": [items[0].pk, items[2].pk]}, follow=True)
    assert states() == ["accepted", "open", "accepted"]
    assert "2 accepted" in response.content.decode()
    assert make.trail(action="drift.accept") == [("drift.accept", "done")] * 2


def test_what_others_settled_meanwhile_stays_as_they_left_it(as_pm: Client, items: list[DriftItem]):
    DriftItem.objects.filter(pk=items[0].pk).update(state=DriftState.IGNORED)
    response = as_pm.post(URL, {"item": [item.pk for item in items] + [uuid4()]}, follow=True)
    assert states() == ["ignored", "accepted", "accepted"]
    assert "2 accepted" in response.content.decode()


@pytest.mark.parametrize("ticked", [[], ["rubbish"]])
def test_nothing_ticked_accepts_nothing(as_pm: Client, items: list[DriftItem], ticked: list[str]):
    response = as_pm.post(URL, {"item": ticked}, follow=True)
    assert "Nothing was accepted" in response.content.decode()
    assert states() == ["open"] * 3


def test_htmx_is_sent_on(as_pm: Client, items: list[DriftItem]):
    assert as_pm.post(URL, {"item": items[0].pk}, headers=make.HTMX)["HX-Redirect"] == "/drift/"


def test_a_viewer_may_not(as_viewer: Client, items: list[DriftItem]):
    assert as_viewer.post(URL, {"item": items[0].pk}).status_code == 403
    assert states() == ["open"] * 3
    assert make.trail(action="drift.accept") == [("drift.accept", "denied")]


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None):
    assert client.post(URL).status_code == 302


def test_it_is_not_for_reading(as_pm: Client):
    assert as_pm.get(URL).status_code == 405
