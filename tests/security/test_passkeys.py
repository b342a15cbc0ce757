"""Passkeys as somebody uses them who has one, has found one, or has none at all."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from console.models import User
from tests.security.passkey import PRESENT, VERIFIED, Passkey

PASSWORD = "correct horse battery"
ALONE, CONFIRM, AGAIN, NEW = (
    "/auth/factors/passkeys/login/",
    "/auth/factors/confirm/",
    "/auth/factors/passkeys/reauthenticate/",
    "/auth/factors/passkeys/new/",
)
AFTER_THE_SIGN_IN_RAN_OUT = timedelta(minutes=16)
RUBBISH = [
    "[" * 100_000,
    "1" * 5_000,
    '{"a":' * 50_000,
    '{"id": "x"}',
    '{"id": "x", "rawId": "y"}',
    '{"rawId": 7}',
    '{"rawId": "eA", "response": 7}',
    '{"rawId": "eA", "response": []}',
    '{"rawId": "eA", "response": {}}',
    '{"rawId": "eA", "response": {"clientDataJSON": "eA", "authenticatorData": "eA", "signature": "eA"}}',
    '{"rawId": "eA", "response": {"clientDataJSON": "e30", "authenticatorData": "", "signature": ""}}',
    '{"rawId": "\\ud800", "type": {}}',
    "[]",
    "NaN",
]


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("owner", password=PASSWORD)


@pytest.fixture
def finder(db: None) -> User:
    """Has a passkey of their own, and has found the owner's."""
    return User.objects.create_user("finder", password=PASSWORD)


def with_password(name: str) -> Client:
    client = Client()
    client.post("/auth/login/", {"login": name, "password": PASSWORD})
    return client


def challenge(client: Client, path: str = ALONE) -> str:
    """The one that a page has asked for."""
    client.get(path, headers={"X-Requested-With": "XMLHttpRequest"})
    return client.session["mfa.webauthn.state"]["challenge"]


def send(client: Client, credential: str, path: str = ALONE) -> HttpResponse:
    return client.post(path, {"credential": credential})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_one_that_knows_its_owner_signs_in_alone(owner: User):
    key, client = Passkey(owner), Client()
    send(client, key.answer(challenge(client), flags=VERIFIED))
    assert is_signed_in(client)


def test_one_that_does_not_is_no_sign_in_of_its_own(owner: User):
    key, client = Passkey(owner), Client()
    send(client, key.answer(challenge(client), flags=PRESENT))
    assert not is_signed_in(client)


def test_a_challenge_for_somebodys_second_factor_does_not_make_it_one(owner: User, finder: User):
    found, _ = Passkey(owner), Passkey(finder)
    client = with_password("finder")
    answer = found.answer(challenge(client, CONFIRM), flags=PRESENT)
    send(client, answer)
    assert not is_signed_in(client)
    with time_machine.travel(timezone.now() + AFTER_THE_SIGN_IN_RAN_OUT):
        send(client, answer)
    assert not is_signed_in(client)


def test_after_the_password_presence_is_enough(owner: User):
    key, client = Passkey(owner), with_password("owner")
    send(client, key.answer(challenge(client, CONFIRM), flags=PRESENT), CONFIRM)
    assert is_signed_in(client)


def test_that_of_another_person_is_no_second_factor(owner: User, finder: User):
    Passkey(owner)
    theirs, client = Passkey(finder), with_password("owner")
    for said in (owner, finder):
        send(client, theirs.answer(challenge(client, CONFIRM), flags=VERIFIED, owner=said), CONFIRM)
    assert not is_signed_in(client)


def test_that_of_another_person_is_not_the_owners_sign_in(owner: User, finder: User):
    Passkey(owner)
    theirs, client = Passkey(finder), Client()
    send(client, theirs.answer(challenge(client), flags=VERIFIED, owner=owner))
    assert not is_signed_in(client)


def test_an_answer_counts_once(owner: User):
    key, client = Passkey(owner), Client()
    answer = key.answer(challenge(client), flags=VERIFIED)
    send(client, answer)
    client.post("/auth/logout/")
    send(client, answer)
    assert not is_signed_in(client)


def test_somebody_deactivated_has_no_passkey(owner: User):
    key, client = Passkey(owner), Client()
    User.objects.update(is_active=False)
    send(client, key.answer(challenge(client), flags=VERIFIED))
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", [ALONE, CONFIRM, AGAIN, NEW])
@pytest.mark.parametrize("credential", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_no_passkey_and_no_failure(owner: User, path: str, credential: str):
    key, client = Passkey(owner), with_password("owner") if path != ALONE else Client()
    if path in (AGAIN, NEW):
        send(client, key.answer(challenge(client, CONFIRM), flags=PRESENT), CONFIRM)
        send(client, key.answer(challenge(client, AGAIN), flags=PRESENT), AGAIN)
    before = is_signed_in(client)
    challenge(client, path)
    assert send(client, credential, path).status_code in {200, 302}
    assert is_signed_in(client) == before
    assert Authenticator.objects.count() == 1
