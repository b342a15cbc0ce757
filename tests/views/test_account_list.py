import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.models import Account, User
from console.services import syncs
from tests import make

URL = "/accounts/"


def test_it_shows_how_each_account_is_reached(as_admin: Client):
    make.account(slug="tuya-eu", platform="tuya", key="LTAI-very-long-9876")
    page = as_admin.get(URL).content.decode()
    for text in ("tuya-eu", "http://127.0.0.1:9", "RPC v1", "…9876", "never"):
        assert text in page
    assert "LTAI-very-long" not in page


def test_it_shows_the_latest_sync(as_admin: Client, alibaba: Account, pm: User):
    run = syncs.start(account=alibaba, actor=pm)
    syncs.step(run.pk)
    page = as_admin.get(URL).content.decode()
    assert f"/syncs/{run.pk}/" in page
    assert "complete" in page


def test_it_says_which_groups_alone_see_an_account(as_admin: Client, alibaba: Account):
    assert "seen by" not in as_admin.get(URL).content.decode()
    alibaba.visible_to.set([Group.objects.create(name="lamp makers"), Group.objects.create(name="<lock> makers")])
    assert "seen by &lt;lock&gt; makers, lamp makers only" in as_admin.get(URL).content.decode()


def test_an_empty_console_leads_to_the_first_account(as_admin: Client):
    assert "No accounts yet" in as_admin.get(URL).content.decode()


def test_queries_do_not_grow_with_the_accounts(as_admin: Client, pm: User):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_admin.get(URL)
        return len(captured)

    for number in range(2):
        syncs.start(account=make.account(slug=f"few-{number}"), actor=pm)
    few = queries()
    for number in range(10):
        syncs.start(account=make.account(slug=f"many-{number}"), actor=pm)
    assert queries() == few


def test_htmx_gets_the_accounts_only(as_admin: Client):
    assert as_admin.get(URL, headers=make.HTMX).content.decode().lstrip().startswith('<section id="accounts"')


@pytest.mark.parametrize("who", ["as_viewer", "as_pm", "as_auditor"])
def test_it_is_for_admins(request: pytest.FixtureRequest, who: str):
    assert request.getfixturevalue(who).get(URL).status_code == 403


def test_anonymous_is_sent_to_sign_in(client: Client, db: None):
    assert client.get(URL).status_code == 302


def test_it_cannot_be_posted_to(as_admin: Client):
    assert as_admin.post(URL).status_code == 405
