from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from console.models import Session, User
from console.services.sealed_sessions import SessionStore, row_key_of
from tests import make
from tests.security.canaries import database

pytestmark = pytest.mark.django_db
CANARY = "canary-totp-secret"


def stored(**held: str) -> SessionStore:
    session = SessionStore()
    session.update(held)
    session.save()
    return session


def test_it_is_what_the_console_uses():
    assert import_module(settings.SESSION_ENGINE).SessionStore is SessionStore


def test_what_a_session_holds_is_there_again_and_not_in_the_database():
    session = stored(secret=CANARY)
    assert SessionStore(session.session_key)["secret"] == CANARY
    assert CANARY not in Session.objects.get().session_data


def test_nothing_in_the_database_says_what_the_cookie_says(pm: User):
    client: Client = make.client(pm)
    assert client.get("/").status_code == 200
    assert client.cookies[settings.SESSION_COOKIE_NAME].value not in "".join(database().values())


def test_what_the_database_says_is_no_cookie(pm: User):
    make.client(pm)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get(user=pm).pk
    assert thief.get("/").status_code == 302


def test_a_row_made_anew_for_a_known_cookie_does_not_open(pm: User):
    """Whoever writes the database knows how a key is made, but seals nothing."""
    make.client(pm)
    Session.objects.update(session_key=row_key_of(known := "a" * 32))
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = known
    assert thief.get("/").status_code == 302


def test_it_is_gone_when_it_is_deleted():
    session = stored(secret=CANARY)
    session.delete()
    assert not session.exists(session.session_key)
    assert not Session.objects.exists()


def test_one_that_is_too_old_is_not_opened():
    session = stored(secret=CANARY)
    Session.objects.update(expire_date=timezone.now())
    assert dict(SessionStore(session.session_key).items()) == {}


def test_it_is_kept_when_the_id_is_renewed():
    session = stored(secret=CANARY)
    session.cycle_key()
    assert SessionStore(session.session_key)["secret"] == CANARY


def test_what_was_moved_into_another_session_does_not_open():
    rich, poor = stored(secret=CANARY), stored(nothing="")
    data = Session.objects.get(pk=row_key_of(rich.session_key)).session_data
    Session.objects.filter(pk=row_key_of(poor.session_key)).update(session_data=data)
    assert dict(SessionStore(poor.session_key).items()) == {}


@pytest.mark.parametrize("data", ["", "rubbish", "eyJhIjoxfQ:1abc:xyz"])
def test_whoever_has_a_session_that_does_not_open_signs_in_again(pm: User, data: str):
    client: Client = make.client(pm)
    assert client.get("/").status_code == 200
    Session.objects.update(session_data=data)
    assert client.get("/").status_code == 302
