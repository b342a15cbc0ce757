from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from console.models import SyncRun, User
from console.services.roles import Role, grant
from tests import make

NAME, GIVEN, OWN = "lin.wei", "staple of the mast", "correct horse battery"
CHANGE = "/auth/password/change/"


@pytest.fixture
def person(as_admin: Client) -> User:
    """Entered by an administrator, who typed the password."""
    typed = {"username": NAME, "usable_password": "true", "password1": GIVEN, "password2": GIVEN}
    assert as_admin.post("/admin/console/user/add/", typed).status_code == 302
    made = User.objects.get(username=NAME)
    grant(made, Role.VIEWER)
    return made


def sign_in(password: str = GIVEN) -> tuple[Client, HttpResponse]:
    client = Client()
    return client, client.post("/auth/login/", {"login": NAME, "password": password})


def choose(client: Client, new: str = OWN, *, present: str = GIVEN) -> HttpResponse:
    return client.post(CHANGE, {"oldpassword": present, "password1": new, "password2": new})


def set_by(admin: Client, person: User, **fields: str) -> None:
    typed = {"usable_password": "true", "password1": GIVEN, "password2": GIVEN, "set-password": "1"} | fields
    url = reverse("admin:auth_user_password_change", args=[person.pk])
    assert admin.post(url, typed).status_code == 302


def is_open(client: Client) -> bool:
    return client.get("/").status_code == 200


def is_provisional(person: User) -> bool:
    person.refresh_from_db()
    return person.provisional_until is not None


@pytest.mark.parametrize("path", ["/", "/products/", "/auth/factors/", "/auth/sessions/", "/auth/reauthenticate/"])
def test_whoever_was_given_a_password_is_led_to_choosing_one(person: User, path: str):
    client, _ = sign_in()
    assert client.get(path)["Location"] == CHANGE
    assert "Somebody else knows this password" in client.get(CHANGE).content.decode()


def test_htmx_leads_the_whole_browser_there(person: User):
    assert sign_in()[0].get("/products/", headers=make.HTMX)["HX-Redirect"] == CHANGE


def test_nothing_is_written_meanwhile(person: User):
    grant(person, Role.PRODUCT_MANAGER)
    account = make.account()
    assert sign_in()[0].post(f"/accounts/{account.slug}/sync/")["Location"] == CHANGE
    assert not SyncRun.objects.exists()


def test_leaving_is_always_open(person: User):
    assert sign_in()[0].post("/auth/logout/")["Location"] == "/auth/login/"


def test_with_a_password_of_ones_own_the_console_is_open(person: User):
    client, _ = sign_in()
    assert choose(client)["Location"] == "/"
    assert is_open(client)
    again, _ = sign_in(OWN)
    assert is_open(again)
    assert "Somebody else knows" not in again.get(CHANGE).content.decode()


def test_ones_own_is_another(person: User):
    client, _ = sign_in()
    assert "Choose another" in choose(client, GIVEN).content.decode()
    assert is_provisional(person)
    assert not is_open(client)


def test_another_that_is_refused_ends_nothing(person: User):
    client, _ = sign_in()
    choose(client, "password123")
    choose(client, present="not the present one")
    assert is_provisional(person)


@override_settings(MFA_REQUIRED_FOR=["viewer"])
def test_the_second_factor_comes_after_it(person: User):
    client, _ = sign_in()
    assert client.get("/auth/factors/app/new/")["Location"] == CHANGE
    assert client.get(CHANGE).status_code == 200
    choose(client)
    assert client.get("/")["Location"] == "/auth/factors/"
    assert client.get(CHANGE)["Location"] == "/auth/factors/"


def test_a_password_that_an_admin_sets_again_is_provisional_too(as_admin: Client, person: User):
    choose(sign_in()[0])
    set_by(as_admin, person)
    assert sign_in()[0].get("/")["Location"] == CHANGE


def test_who_has_no_password_has_nothing_to_change(as_admin: Client, person: User):
    set_by(as_admin, person, **{"usable_password": "false", "unset-password": "1"})
    assert not is_provisional(person)
    assert is_open(make.client(person))


def test_a_person_without_a_password_is_entered_so(as_admin: Client):
    typed = {"username": NAME, "usable_password": "false", "password1": "", "password2": ""}
    assert as_admin.post("/admin/console/user/add/", typed).status_code == 302
    assert User.objects.get(username=NAME).provisional_until is None


def test_one_that_the_command_changes_is_ones_own(person: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("getpass.getpass", lambda **_prompt: OWN)
    call_command("changepassword", NAME, verbosity=0)
    assert is_open(sign_in(OWN)[0])


def test_other_settings_of_a_person_leave_it_as_it_is(as_admin: Client, person: User):
    url = reverse("admin:console_user_change", args=[person.pk])
    fields = as_admin.get(url).context["adminform"].form.initial
    typed = {name: value for name, value in fields.items() if isinstance(value, str)} | {"first_name": "Wei"}
    joined = {"is_active": "on", "date_joined_0": "2026-01-01", "date_joined_1": "08:00:00"}
    assert as_admin.post(url, typed | joined).status_code == 302
    person.refresh_from_db()
    assert (person.first_name, is_provisional(person)) == ("Wei", True)


@override_settings(PROVISIONAL_PASSWORD_HOURS=5)
def test_how_long_it_is_good_is_a_setting(as_admin: Client, person: User):
    set_by(as_admin, person)
    with time_machine.travel(timezone.now() + timedelta(hours=4)):
        assert sign_in()[1].status_code == 302
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        assert sign_in()[1].status_code == 200
