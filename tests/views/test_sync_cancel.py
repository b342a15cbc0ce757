from uuid import uuid4

import pytest
from django.test import Client

from console.models import Account, SyncRun, SyncState, User
from console.services import syncs
from tests import make


@pytest.fixture
def run(alibaba: Account) -> SyncRun:
    return syncs.start(account=alibaba, actor=None)


@pytest.fixture
def url(run: SyncRun) -> str:
    return f"/syncs/{run.pk}/cancel/"


def test_it_is_cancelled_and_told(as_pm: Client, pm: User, run: SyncRun, url: str):
    response = as_pm.post(url)
    assert (response.status_code, response["Location"]) == (303, f"/syncs/{run.pk}/")
    run.refresh_from_db()
    assert (run.state, run.ended_by) == (SyncState.CANCELLED, pm)
    assert make.trail(action="account.sync", actor=pm) == [("account.sync", "abandoned")]


def test_one_that_has_ended_stays_as_it_is_and_that_is_said(as_pm: Client, run: SyncRun, url: str):
    syncs.step(run.pk)
    response = as_pm.post(url, follow=True)
    assert "had ended before it could be cancelled" in response.content.decode()
    run.refresh_from_db()
    assert run.state == SyncState.COMPLETE


def test_htmx_is_sent_on(as_pm: Client, run: SyncRun, url: str):
    assert as_pm.post(url, headers=make.HTMX)["HX-Redirect"] == f"/syncs/{run.pk}/"


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_may_not_cancel(request: pytest.FixtureRequest, who: str, run: SyncRun, url: str):
    assert request.getfixturevalue(who).post(url).status_code == 403
    run.refresh_from_db()
    assert run.state == SyncState.RUNNING
    assert make.trail(action="account.sync")[-1] == ("account.sync", "denied")


def test_anonymous_is_sent_to_sign_in(client: Client, url: str):
    assert client.post(url).status_code == 302


def test_it_is_not_for_reading(as_pm: Client, url: str):
    assert as_pm.get(url).status_code == 405


def test_an_unknown_one_is_not_found(as_pm: Client):
    assert as_pm.post(f"/syncs/{uuid4()}/cancel/").status_code == 404
