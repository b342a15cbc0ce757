from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from console.models import Account, Quota, SyncRun, SyncState, User
from console.sandbox.server import Sandbox
from console.services import heartbeat, syncs
from tests import make


@pytest.fixture
def run(alibaba: Account, pm: User) -> SyncRun:
    return syncs.start(account=alibaba, actor=pm)


def page_of(client: Client, run: SyncRun) -> str:
    return client.get(f"/syncs/{run.pk}/").content.decode()


def test_while_it_runs_the_page_follows_it(as_viewer: Client, run: SyncRun):
    page = page_of(as_viewer, run)
    assert f'hx-get="/syncs/{run.pk}/" hx-trigger="every 1s"' in page
    assert "Look again" in page
    assert "It waits" not in page


def test_polling_gets_the_progress_only(as_viewer: Client, run: SyncRun):
    response = as_viewer.get(f"/syncs/{run.pk}/", headers=make.HTMX)
    assert response.status_code == 200
    assert response.content.decode().lstrip().startswith('<section id="sync"')


def test_polling_ends_when_the_sync_does(as_viewer: Client, run: SyncRun):
    syncs.step(run.pk)
    response = as_viewer.get(f"/syncs/{run.pk}/", headers=make.HTMX)
    assert response.status_code == 286
    assert "hx-trigger" not in response.content.decode()
    assert as_viewer.get(f"/syncs/{run.pk}/").status_code == 200


def test_a_complete_one_says_what_was_read(as_viewer: Client, run: SyncRun, sandbox: Sandbox):
    sandbox.control.create_product("Light_Living")
    syncs.step(run.pk)
    page = page_of(as_viewer, run)
    assert "Everything was read" in page
    assert "1 of 1 read, from 1 page" in page


def test_a_failed_one_says_why_and_that_nothing_is_marked(as_viewer: Client, run: SyncRun, sandbox: Sandbox):
    sandbox.control.add_fault("error_before", "QueryProductList", times=9)
    syncs.step(run.pk)
    run.refresh_from_db()
    page = page_of(as_viewer, run)
    assert run.problem
    assert "nothing is marked as missing" in page


def test_an_incomplete_one_says_why(as_viewer: Client, run: SyncRun):
    SyncRun.objects.update(state=SyncState.INCOMPLETE, problem="The list changed.", finished_at=timezone.now())
    assert "The list changed. What was read is stored." in page_of(as_viewer, run)


def test_one_that_waits_says_since_when_and_why(as_viewer: Client, run: SyncRun):
    make.idle(run, seconds=syncs.STALLED_AFTER_S + 1)
    assert "No worker is alive" in page_of(as_viewer, run)
    heartbeat.beat()
    assert "It waits</b> since" in page_of(as_viewer, run)


def test_it_says_how_far_it_is_and_how_long_the_rest_takes(as_viewer: Client, run: SyncRun, sandbox: Sandbox):
    for number in range(30):
        sandbox.control.create_product(f"Light_{number}")
    Quota.objects.create(account=run.account, group="ListOTAModuleByProduct", per_second=1, allowed=1)
    assert "<progress" in page_of(as_viewer, run)
    syncs.step(run.pk, page_size=20, budget_s=0)
    page = page_of(as_viewer, run)
    assert '<progress aria-label="Calls done" value="1" max="32">' in page
    assert "20 of 30 read, from 1 page, 1 page left" in page
    assert "at least 31 s left" in page
    for _ in range(2):
        syncs.step(run.pk, page_size=20, budget_s=0)
    page = page_of(as_viewer, run)
    assert "0 read, of 1 product, 29 products left" in page
    assert "at least 29 s left" in page


def test_what_it_found_is_linked(as_viewer: Client, run: SyncRun, alibaba: Account):
    make.drift_item(make.cached_product(alibaba), sync=run)
    assert '<a href="/drift/?account=alibaba-test">1 found</a>' in page_of(as_viewer, run)


def test_who_may_write_can_cancel_it_while_it_runs(as_viewer: Client, as_pm: Client, run: SyncRun):
    assert "Cancel the sync</button>" in page_of(as_pm, run)
    assert "Cancel the sync</button>" not in page_of(as_viewer, run)
    syncs.step(run.pk)
    assert "Cancel the sync</button>" not in page_of(as_pm, run)


def test_a_cancelled_one_says_by_whom(as_viewer: Client, run: SyncRun):
    syncs.cancel(run, actor=make.user("colleague"))
    page = page_of(as_viewer, run)
    assert "The sync was cancelled" in page
    assert ", by colleague" in page


def test_one_of_the_schedule_says_so(as_viewer: Client, alibaba: Account):
    assert "by schedule" in page_of(as_viewer, syncs.start(account=alibaba, actor=None))


def test_only_who_may_write_is_offered_another(as_viewer: Client, as_pm: Client, run: SyncRun):
    syncs.step(run.pk)
    assert "Sync again</button>" in page_of(as_pm, run)
    assert "Sync again</button>" not in page_of(as_viewer, run)


def test_an_unknown_one_is_not_found(as_viewer: Client):
    assert as_viewer.get(f"/syncs/{uuid4()}/").status_code == 404


def test_anonymous_is_sent_to_sign_in(client: Client, run: SyncRun):
    assert client.get(f"/syncs/{run.pk}/").status_code == 302


def test_it_cannot_be_posted_to(as_pm: Client, run: SyncRun):
    assert as_pm.post(f"/syncs/{run.pk}/").status_code == 405
