"""Guessing at the door: lock-out, enumeration, fixation. Work is counted in hashings, since time is no proof."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from console.models import AuditEntry, User
from console.services.audit import details_of
from console.services.roles import Role, grant

URL = "/auth/login/"
NAME, PASSWORD = "lin.wei", "correct horse battery"
HERE, ELSEWHERE = "192.0.2.10", "192.0.2.20"


@pytest.fixture
def person(db: None) -> User:
    made = User.objects.create_user(NAME, password=PASSWORD)
    grant(made, Role.VIEWER)
    return made


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every time a password is hashed, to store it or to compare it."""
    done: list[str] = []
    for deed in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, deed)
        monkeypatch.setattr(
            Argon2PasswordHasher, deed, lambda *args, deed=deed, original=original: done.append(deed) or original(*args)
        )
    return done


def attempt(client: Client, name: str = NAME, password: str = "wrong", address: str = HERE) -> HttpResponse:
    return client.post(URL, {"login": name, "password": password}, REMOTE_ADDR=address)


def fail(client: Client, times: int, **how: str) -> HttpResponse:
    answers = [attempt(client, **how) for _ in range(times)]
    return answers[-1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("kind", ["known", "unknown", "inactive", "without a password"])
def test_every_name_costs_one_hashing(client: Client, person: User, hashings: list[str], kind: str):
    if kind == "inactive":
        User.objects.update(is_active=False)
    if kind == "without a password":
        person.set_unusable_password()
        person.save()
    hashings.clear()
    attempt(client, "nobody" if kind == "unknown" else NAME)
    assert len(hashings) == 1


@pytest.mark.parametrize("kind", ["inactive", "without a password", "unknown"])
def test_every_name_is_answered_alike(client: Client, person: User, kind: str):
    known = shown(attempt(client))
    if kind == "inactive":
        User.objects.update(is_active=False)
    if kind == "without a password":
        person.set_unusable_password()
        person.save()
    other = attempt(client, "nobody" if kind == "unknown" else NAME)
    assert shown(other).replace("nobody", NAME) == known


def shown(response: HttpResponse) -> str:
    """A page without its tokens."""
    token = response.context["csrf_token"]
    return f"{response.status_code} {response.content.decode().replace(str(token), '')}"


def test_five_failures_lock_the_name_for_this_address(client: Client, person: User):
    answer = fail(client, 5)
    assert answer.status_code == 429
    assert attempt(client, password=PASSWORD).status_code == 429
    assert not is_signed_in(client)


def test_four_failures_do_not(client: Client, person: User):
    assert fail(client, 4).status_code == 200
    attempt(client, password=PASSWORD)
    assert is_signed_in(client)


def test_nobody_is_locked_out_by_somebody_elsewhere(client: Client, person: User):
    fail(client, 6, address=ELSEWHERE)
    attempt(client, password=PASSWORD)
    assert is_signed_in(client)


def test_other_names_from_the_same_address_are_not_locked(client: Client, person: User):
    fail(client, 6, name="nobody")
    attempt(client, password=PASSWORD)
    assert is_signed_in(client)


def test_capitals_are_no_new_name(client: Client, person: User):
    for name in ("lin.wei", "Lin.wei", "lIn.wei", "liN.wei", "lin.Wei"):
        answer = attempt(client, name)
    assert answer.status_code == 429


def test_another_browser_is_no_new_start(person: User):
    for number in range(5):
        answer = attempt(Client(HTTP_USER_AGENT=f"Browser/{number}"))
    assert answer.status_code == 429


def test_an_unknown_name_is_locked_alike(client: Client, person: User):
    known, unknown = fail(client, 5), fail(client, 5, name="nobody")
    assert unknown.status_code == known.status_code == 429
    assert without_time(unknown) == without_time(known)


def without_time(response: HttpResponse) -> str:
    before, _, after = response.content.decode().partition("until ")
    return before + after.partition("</strong>")[2]


def test_the_page_says_until_when_and_the_lock_ends_then(client: Client, person: User):
    start = timezone.now().replace(microsecond=0)
    with time_machine.travel(start, tick=False):
        text = fail(client, 5).content.decode()
    end = start + timedelta(minutes=settings.LOCKOUT_MIN)
    assert f"{end:%H:%M:%S} UTC" in text
    with time_machine.travel(end + timedelta(seconds=1), tick=False):
        attempt(client, password=PASSWORD)
    assert is_signed_in(client)


def test_knocking_at_a_locked_door_does_not_lock_it_for_longer(client: Client, person: User):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        fail(client, 5)
    with time_machine.travel(start + timedelta(minutes=14), tick=False):
        fail(client, 3)
    with time_machine.travel(start + timedelta(minutes=15, seconds=1), tick=False):
        attempt(client, password=PASSWORD)
    assert is_signed_in(client)


def test_a_sign_in_forgives_what_failed_before(client: Client, person: User):
    fail(client, 4)
    attempt(client, password=PASSWORD)
    client.post("/auth/logout/")
    assert fail(client, 4).status_code == 200


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(person: User):
    for _ in range(5):
        answer = attempt(Client(headers={"X-Forwarded-For": f"203.0.113.9, {ELSEWHERE}"}))
    assert answer.status_code == 429
    assert attempt(Client(headers={"X-Forwarded-For": f"{ELSEWHERE}, {HERE}"})).status_code == 200


def test_without_a_proxy_nobody_chooses_their_address(person: User):
    for number in range(5):
        answer = attempt(Client(headers={"X-Forwarded-For": f"203.0.113.{number}"}))
    assert answer.status_code == 429


def test_whoever_has_a_network_of_ipv6_has_no_new_start_at_each_address(person: User):
    for number in range(5):
        answer = attempt(Client(), address=f"2001:db8:1:2::{number:x}")
    assert answer.status_code == 429
    assert attempt(Client(), address="2001:db8:1:3::1").status_code == 200


def test_ipv4_written_as_ipv6_is_not_one_address_for_everybody(client: Client, person: User):
    fail(client, 12, name="nobody", address=f"::ffff:{HERE}")
    assert fail(client, 5, address=f"::ffff:{HERE}").status_code == 429
    assert attempt(client, address=HERE).status_code == 429
    attempt(other := Client(), password=PASSWORD, address=f"::ffff:{ELSEWHERE}")
    assert is_signed_in(other)
    assert AuditEntry.objects.filter(record__contains=f'"address":"{ELSEWHERE}"').exists()


def test_a_zone_is_no_part_of_an_address(client: Client, person: User):
    assert attempt(client, password=PASSWORD, address="fe80::1%eth0").status_code == 302
    assert is_signed_in(client)


def test_the_password_is_not_kept_with_the_failures(client: Client, person: User):
    from axes.models import AccessAttempt

    attempt(client, password="a-canary-of-a-password")
    kept = " ".join(str(value) for row in AccessAttempt.objects.values() for value in row.values())
    assert "canary" not in kept
    assert "csrfmiddlewaretoken=" not in kept.replace("csrfmiddlewaretoken=*", "")


def test_a_password_typed_as_the_name_is_not_kept_either(client: Client, person: User):
    from axes.models import AccessAttempt

    assert fail(client, 5, name="A-Canary-of-a-password").status_code == 429
    kept = " ".join(str(value) for row in AccessAttempt.objects.values() for value in row.values())
    assert "canary" not in kept.lower()


def test_every_failure_and_the_lock_are_in_the_trail(client: Client, person: User):
    fail(client, 5)
    told = list(AuditEntry.objects.filter(action="session.start").order_by("id").values_list("outcome", flat=True))
    assert told.count("refused") == 5
    assert told.count("denied") == 1


def test_the_session_of_before_is_not_the_one_of_after(client: Client, person: User):
    client.get(URL)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    attempt(client, password=PASSWORD)
    assert is_signed_in(client)
    assert client.session.session_key != before
    assert not is_signed_in(with_session(before))


def with_session(key: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


@pytest.fixture
def expired(person: User) -> User:
    """Whose provisional password is right and too old."""
    person.provisional_until = timezone.now() - timedelta(seconds=1)
    person.save(update_fields=["provisional_until"])
    return person


def test_a_provisional_password_that_has_expired_is_a_wrong_one(client: Client, expired: User, hashings: list[str]):
    answers = []
    for password in (PASSWORD, "wrong"):
        hashings.clear()
        response = attempt(client, password=password)
        answers.append((response.status_code, shown(response), len(hashings)))
    assert answers[0] == answers[1]
    assert not is_signed_in(client)


def test_it_is_counted_as_a_failure(client: Client, expired: User):
    assert fail(client, settings.LOCKOUT_AFTER, password=PASSWORD).status_code == 429


def test_only_the_trail_says_that_it_has_expired(client: Client, expired: User):
    told = []
    for password in (PASSWORD, "wrong"):
        attempt(client, password=password)
        entry = AuditEntry.objects.latest("id")
        told.append((entry.action, entry.outcome, entry.actor, entry.target_id, details_of(entry).code))
    aimed_at = ("session.start", "refused", None, str(expired.pk))
    assert told == [(*aimed_at, "console.provisional_expired"), (*aimed_at, "")]


def test_it_is_no_fresh_proof_for_who_came_by_a_passkey(client: Client, expired: User):
    client.force_login(expired)
    session = client.session
    session["account_authentication_methods_user"] = str(expired.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "passwordless": True}]
    session.save()
    assert client.get("/").status_code == 200
    assert client.post("/auth/reauthenticate/", {"password": PASSWORD}).status_code == 200
    expired.provisional_until = None
    expired.save(update_fields=["provisional_until"])
    assert client.post("/auth/reauthenticate/", {"password": PASSWORD}).status_code == 302
