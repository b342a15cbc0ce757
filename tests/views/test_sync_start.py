from datetime import timedelta

import pytest
from django.test import Client
from django_q.models import OrmQ

from console.models import Account, SyncRun, SyncState
from console.services import syncs
from tests import make


@pytest.fixture
def url(alibaba: Account) -> str:
    return f"/accounts/{alibaba.slug}/sync/"


def test_it_starts_a_sync_and_hands_it_to_the_worker(as_pm: Client, url: str):
    response = as_pm.post(url)
    run = SyncRun.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/syncs/{run.pk}/")
    assert (run.state, str(run.started_by)) == (SyncState.RUNNING, "pm")
    queued = OrmQ.objects.get().task
    assert (queued["func"], queued["args"]) == ("console.tasks.sync_step", (str(run.pk),))
    assert make.trail(action="account.sync") == [("account.sync", "requested")]


def test_a_second_click_follows_the_one_under_way(as_pm: Client, url: str):
    assert as_pm.post(url)["Location"] == as_pm.post(url)["Location"]
    assert (SyncRun.objects.count(), OrmQ.objects.count()) == (1, 1)


def test_one_that_no_worker_moves_is_handed_over_again(as_pm: Client, url: str):
    as_pm.post(url)
    run = SyncRun.objects.get()
    SyncRun.objects.update(touched_at=run.touched_at - timedelta(seconds=syncs.STALLED_AFTER_S + 1))
    as_pm.post(url)
    assert (SyncRun.objects.count(), OrmQ.objects.count()) == (1, 2)


def test_an_abandoned_one_does_not_keep_the_next_from_starting(as_pm: Client, url: str):
    as_pm.post(url)
    first = SyncRun.objects.get()
    SyncRun.objects.update(touched_at=first.touched_at - timedelta(seconds=syncs.GIVEN_UP_AFTER_S + 1))
    as_pm.post(url)
    first.refresh_from_db()
    assert (first.state, first.problem) == (SyncState.FAILED, "Nothing moved it for so long that it was given up.")
    assert SyncRun.objects.filter(state=SyncState.RUNNING).count() == 1


def test_htmx_is_sent_on(as_pm: Client, url: str):
    assert as_pm.post(url, headers=make.HTMX)["HX-Redirect"].startswith("/syncs/")


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_may_not_sync_and_the_attempt_is_told(request: pytest.FixtureRequest, who: str, url: str):
    assert request.getfixturevalue(who).post(url).status_code == 403
    assert make.trail(action="account.sync") == [("account.sync", "denied")]
    assert not SyncRun.objects.exists()


def test_anonymous_is_sent_to_sign_in(client: Client, url: str):
    assert client.post(url).status_code == 302


def test_it_is_not_for_reading(as_pm: Client, url: str):
    assert as_pm.get(url).status_code == 405
    assert not SyncRun.objects.exists()


def test_an_unknown_account_is_not_found(as_pm: Client):
    assert as_pm.post("/accounts/none/sync/").status_code == 404
