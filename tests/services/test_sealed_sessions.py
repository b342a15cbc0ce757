from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from console.models import User
from console.services.sealed_sessions import SessionStore
from tests import make

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
    assert Session.objects.get().get_decoded() == {}


def test_it_is_kept_when_the_id_is_renewed():
    session = stored(secret=CANARY)
    session.cycle_key()
    assert SessionStore(session.session_key)["secret"] == CANARY


def test_what_was_moved_into_another_session_does_not_open():
    rich, poor = stored(secret=CANARY), stored(nothing="")
    data = Session.objects.get(pk=rich.session_key).session_data
    Session.objects.filter(pk=poor.session_key).update(session_data=data)
    assert dict(SessionStore(poor.session_key).items()) == {}


@pytest.mark.parametrize("data", ["", "rubbish", "eyJhIjoxfQ:1abc:xyz"])
def test_whoever_has_a_session_that_does_not_open_signs_in_again(pm: User, data: str):
    client: Client = make.client(pm)
    assert client.get("/").status_code == 200
    Session.objects.update(session_data=data)
    assert client.get("/").status_code == 302
