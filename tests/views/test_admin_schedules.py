from datetime import timedelta

import pytest
from django.test import Client
from django_q.models import Schedule

from console.forms.schedule import in_words
from console.services import schedules

LIST = "/admin/django_q/schedule/"


def row(name: str) -> Schedule:
    return Schedule.objects.get(name=name)


def address(name: str) -> str:
    return f"{LIST}{row(name).pk}/change/"


def test_an_admin_sees_what_is_done_by_itself_and_how_often(as_admin: Client):
    schedules.change(row("sync"), every_s=None, actor=None)
    page = as_admin.get(LIST).content.decode()
    for text in ("reconcile", "every 5 seconds", "Starts a sync of every account.", "off", "never"):
        assert text in page


def test_the_menu_of_an_admin_leads_there(as_admin: Client, as_pm: Client):
    assert f'href="{LIST}"' in as_admin.get("/").content.decode()
    assert LIST not in as_pm.get("/").content.decode()


def test_rows_that_are_no_job_are_not_shown(as_admin: Client):
    Schedule.objects.create(name="theirs", func="os.abort", schedule_type="I", minutes=1)
    assert "theirs" not in as_admin.get(LIST).content.decode()


def test_an_admin_chooses_another_pace(as_admin: Client):
    page = as_admin.get(address("sync")).content.decode()
    assert '<option value="3600" selected>every hour</option>' in page
    assert as_admin.post(address("sync"), {"every_s": "1800"})["Location"] == LIST
    assert schedules.get_pace(row("sync")) == timedelta(minutes=30)


def test_an_admin_stops_and_starts_the_syncs(as_admin: Client):
    as_admin.post(address("sync"), {"every_s": ""})
    assert not schedules.is_on(row("sync"))
    assert '<option value="" selected>off</option>' in as_admin.get(address("sync")).content.decode()
    as_admin.post(address("sync"), {"every_s": "3600"})
    assert schedules.is_on(row("sync"))


@pytest.mark.parametrize("every_s", ["", "0", "3600", "1e9", "off"])
def test_reconciling_neither_stops_nor_gets_slow(as_admin: Client, every_s: str):
    page = as_admin.post(address("reconcile"), {"every_s": every_s})
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert schedules.is_on(row("reconcile"))
    assert schedules.get_pace(row("reconcile")) == timedelta(seconds=5)


def test_what_is_run_is_not_entered_here(as_admin: Client):
    as_admin.post(address("sync"), {"every_s": "3600", "func": "os.abort", "name": "other", "args": "1"})
    changed = row("sync")
    assert (changed.func, changed.args) == ("console.tasks.sync_all", None)


@pytest.mark.parametrize("path", ["add/", "{}/delete/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_none_is_added_or_deleted(as_admin: Client, path: str, method: str):
    assert getattr(as_admin, method)(LIST + path.format(row("sync").pk)).status_code == 403
    assert Schedule.objects.count() == len(schedules.JOBS)


def test_others_stay_outside(as_pm: Client, client: Client):
    assert as_pm.get(LIST, follow=True).status_code == 403
    assert as_pm.post(address("sync"), {"every_s": "1800"}, follow=True).status_code == 403
    assert client.get(LIST)["Location"].startswith("/auth/login/")
    assert schedules.get_pace(row("sync")) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "every 5 seconds"),
        (60, "every minute"),
        (1800, "every 30 minutes"),
        (7200, "every 2 hours"),
        (86400, "every day"),
    ],
)
def test_a_pace_in_words(seconds: int, words: str):
    assert in_words(timedelta(seconds=seconds)) == words
