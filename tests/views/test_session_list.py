import json
import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from console.models import Account, Session, User
from console.services import audit_verify, syncs
from console.services.roles import Role, grant
from console.services.sealed_sessions import row_key_of
from console.services.sessions import browser_of, find_sessions
from tests import make

URL = "/auth/sessions/"
PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"


@pytest.fixture
def person(db: None) -> User:
    made = User.objects.create_user("lin.wei", password=PASSWORD)
    grant(made, Role.VIEWER)
    return made


def signed_in(name: str = "lin.wei", browser: str = FIREFOX, address: str = "192.0.2.10") -> Client:
    client = Client(HTTP_USER_AGENT=browser, REMOTE_ADDR=address)
    assert client.post("/auth/login/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def seen_at(person: User) -> datetime:
    return find_sessions(person, session_key=None)[0].seen_at


def test_one_sees_ones_sessions(person: User):
    here = signed_in()
    signed_in(browser=EDGE, address="192.0.2.20")
    page = here.get(URL).content.decode()
    assert "Firefox on Linux" in page
    assert "Edge on Windows" in page
    assert "192.0.2.20" in page
    assert page.count("this one") == 1
    assert page.count("Sign it out") == 1


def test_one_ends_another_of_them(person: User):
    here, there = signed_in(), signed_in(browser=EDGE)
    other = Session.objects.exclude(pk=row_key_of(here.session.session_key)).get()
    assert here.post(f"{URL}{other.pk}/end/")["Location"] == URL
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert make.trail(action="session.end") == [("session.end", "done")]


def test_one_that_is_over_is_no_error(person: User):
    here = signed_in()
    assert "was over already" in here.post(f"{URL}999/end/", follow=True).content.decode()
    assert make.trail(action="session.end") == []


def test_nobody_ends_the_session_of_somebody_else(person: User):
    here = signed_in()
    stranger = make.client(make.user("stranger", Role.ADMIN))
    stranger.post(f"{URL}{Session.objects.get(user=person).pk}/end/")
    assert is_signed_in(here)


def test_sign_out_everywhere_ends_all_of_them(person: User):
    here, there = signed_in(), signed_in(browser=EDGE)
    assert here.post(f"{URL}end/")["Location"] == "/auth/login/"
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert make.trail(action="session.end") == [("session.end", "done")]


def test_of_nobody_else(person: User):
    here, stranger = signed_in(), make.client(make.user("stranger", Role.VIEWER))
    stranger.post(f"{URL}end/")
    assert is_signed_in(here)


def test_a_new_password_ends_the_others(person: User):
    here, there = signed_in(), signed_in(browser=EDGE)
    changed = {"oldpassword": PASSWORD, "password1": "staple of the mast", "password2": "staple of the mast"}
    here.post("/auth/password/change/", changed)
    assert is_signed_in(here)
    assert here.get(URL).content.decode().count("Sign it out") == 0
    assert not is_signed_in(there)


def test_a_session_ends_after_a_pause(person: User):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = signed_in()
    with time_machine.travel(start + timedelta(minutes=settings.SESSION_IDLE_MIN - 1), tick=False):
        assert is_signed_in(client)
    with time_machine.travel(start + timedelta(minutes=2 * settings.SESSION_IDLE_MIN - 1), tick=False):
        answer = client.get("/products/", follow=True)
    assert answer.redirect_chain == [("/auth/login/?next=/products/", 302)]
    assert "nothing was clicked for 30 min" in answer.content.decode()


def test_after_a_working_day_in_any_case(person: User):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in()
        for _ in range(settings.SESSION_MAX_HOURS * 3 - 1):
            clock.shift(timedelta(minutes=20))
            assert is_signed_in(client)
        clock.shift(timedelta(minutes=20))
        assert "12 h at most" in client.get("/", follow=True).content.decode()


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(person: User):
    start = timezone.now()
    polling = make.HTMX | {"X-Shown": "1"}
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in()
        for _ in range(5):
            clock.shift(timedelta(minutes=5))
            assert client.get("/operations/", headers=polling).status_code < 300
        clock.shift(timedelta(minutes=6))
        assert client.get("/operations/", headers=polling)["HX-Redirect"].startswith("/auth/login/")


@pytest.mark.parametrize("part", ["sync", "trail-state"])
def test_nor_does_any_part_that_is_asked_for_by_itself(alibaba: Account, part: str):
    grant(person := make.user("auditor"), Role.AUDITOR)
    run = syncs.start(account=alibaba, actor=person)
    audit_verify.start(person)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = make.client(person)
        page = {"sync": f"/syncs/{run.pk}/", "trail-state": "/audit/"}[part]
        asking = re.search(rf'<section id="{part}"[^>]*>', client.get(page).content.decode())[0]
        url, headers = re.search('hx-get="([^"]*)"', asking)[1], re.search("hx-headers='([^']*)'", asking)
        polling = make.HTMX | (json.loads(headers[1]) if headers else {})
        for _ in range(5):
            clock.shift(timedelta(minutes=5))
            assert client.get(url, headers=polling).status_code < 300
        clock.shift(timedelta(minutes=6))
        assert client.get(url, headers=polling)["HX-Redirect"].startswith("/auth/login/")


def test_a_session_that_is_over_is_not_listed(person: User):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        signed_in(browser=EDGE)
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        assert "Edge" not in signed_in().get(URL).content.decode()


@override_settings(SESSION_IDLE_MIN=1)
def test_the_pause_is_a_setting(person: User):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = signed_in()
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        assert not is_signed_in(client)


def test_a_click_is_noted_once_a_minute(person: User):
    start = timezone.now().replace(microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in()
        clock.shift(timedelta(seconds=30))
        is_signed_in(client)
        assert seen_at(person) == start
        clock.shift(timedelta(seconds=31))
        is_signed_in(client)
        assert seen_at(person) == start + timedelta(seconds=61)


def test_it_cannot_be_posted_to(person: User):
    assert signed_in().post(URL).status_code == 405


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [(FIREFOX, "Firefox on Linux"), (EDGE, "Edge on Windows"), ("curl/8.5", "curl/8.5"), ("", "unknown")],
)
def test_a_browser_in_words(user_agent: str, words: str):
    assert browser_of(user_agent) == words
