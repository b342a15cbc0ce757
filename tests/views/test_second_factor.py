import json
import re
import time
from importlib import import_module
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.apps import apps
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, override_settings

from console.models import SyncRun, User
from console.services.roles import Role, grant
from tests import make

PASSWORD = "correct horse battery"
INDEX, NEW_APP, CONFIRM, CODES = (
    "/auth/factors/",
    "/auth/factors/app/new/",
    "/auth/factors/confirm/",
    "/auth/factors/codes/",
)
REQUIRED = override_settings(MFA_REQUIRED_FOR=["admin", "auditor"])


@pytest.fixture
def admin(db: None) -> User:
    made = User.objects.create_user("admin", password=PASSWORD)
    grant(made, Role.ADMIN)
    return made


def with_password(name: str = "admin") -> tuple[Client, HttpResponse]:
    client = Client()
    return client, client.post("/auth/login/", {"login": name, "password": PASSWORD})


def fresh(client: Client) -> Client:
    """Asked again who they are, as before every change of a factor."""
    client.post("/auth/reauthenticate/", {"password": PASSWORD, "next": INDEX})
    return client


def code(secret: str, *, later_s: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time() + later_s) // 30))


def set_up(client: Client) -> str:
    """Set up an app; its secret."""
    page = fresh(client).get(NEW_APP)
    secret = page.context["form"].secret
    assert client.post(NEW_APP, {"code": code(secret)})["Location"] == CODES
    return secret


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_an_app_is_set_up_and_then_asked_for(admin: User):
    secret = set_up(with_password()[0])
    client, answer = with_password()
    assert answer["Location"] == CONFIRM
    assert not is_signed_in(client)
    assert client.post(CONFIRM, {"code": code(secret)})["Location"] == "/"
    assert is_signed_in(client)


def test_a_code_works_once(admin: User):
    secret = set_up(with_password()[0])
    with time_machine.travel(time.time(), tick=False):
        assert with_password()[0].post(CONFIRM, {"code": code(secret)}).status_code == 302
        again = with_password()[0]
        assert "Incorrect code" in again.post(CONFIRM, {"code": code(secret)}).content.decode()
    assert not is_signed_in(again)


@pytest.mark.parametrize("later_s", [1, 29, 31, 59])
def test_a_code_works_once_as_long_as_it_fits_and_in_every_process(admin: User, later_s: int):
    secret = set_up(with_password()[0])
    start = time.time() // 30 * 30
    with time_machine.travel(start, tick=False):
        used = code(secret)
        assert with_password()[0].post(CONFIRM, {"code": used}).status_code == 302
    # Another process knows nothing of this one's memory.
    cache.clear()
    with time_machine.travel(start + later_s, tick=False):
        again = with_password()[0]
        assert "Incorrect code" in again.post(CONFIRM, {"code": f"{used[:3]} {used[3:]}"}).content.decode()
        assert not is_signed_in(again)
        assert make.trail(action="session.start", outcome="refused")


def test_the_next_code_counts(admin: User):
    secret = set_up(with_password()[0])
    start = time.time() // 30 * 30
    for moment in (start, start + 30):
        with time_machine.travel(moment, tick=False):
            assert with_password()[0].post(CONFIRM, {"code": code(secret)}).status_code == 302


def test_a_code_that_signed_in_is_no_fresh_proof(admin: User):
    secret = set_up(with_password()[0])
    with time_machine.travel(time.time() // 30 * 30, tick=False) as clock:
        client = with_password()[0]
        client.post(CONFIRM, {"code": code(secret)})
        used = code(secret)
        clock.shift(31)
        assert client.post("/auth/factors/reauthenticate/", {"code": used}).status_code == 200
        assert client.get(f"{CODES}new/")["Location"].startswith("/auth/reauthenticate/")


def between_password_and_code(admin: User) -> tuple[Client, str]:
    secret = set_up(with_password()[0])
    cache.clear()
    return with_password()[0], code(secret)


def test_a_password_that_was_changed_meanwhile_does_not_open(admin: User):
    client, fits = between_password_and_code(admin)
    admin.set_password("staple of the mast")
    admin.save()
    assert client.post(CONFIRM, {"code": fits})["Location"] == "/auth/login/"
    assert not is_signed_in(client)
    assert client.get(CONFIRM)["Location"] == "/auth/login/"


def test_whoever_is_deactivated_meanwhile_has_no_session(admin: User):
    client, fits = between_password_and_code(admin)
    User.objects.update(is_active=False)
    before = len(make.trail())
    assert client.post(CONFIRM, {"code": fits})["Location"] == "/auth/inactive/"
    User.objects.update(is_active=True)
    assert not is_signed_in(client)
    assert ("session.start", "done") not in make.trail()[before:]


def test_a_wrong_code_does_not_open_and_is_told(admin: User):
    set_up(with_password()[0])
    client, _ = with_password()
    assert client.post(CONFIRM, {"code": "000000"}).status_code == 200
    assert not is_signed_in(client)
    assert ("session.start", "refused") in make.trail()


def test_codes_cannot_be_tried_without_end(admin: User):
    secret = set_up(with_password()[0])
    client, _ = with_password()
    for number in range(5):
        client.post(CONFIRM, {"code": f"00000{number}"})
    assert "Too many failed" in client.post(CONFIRM, {"code": code(secret)}).content.decode()
    assert not is_signed_in(client)


def test_the_recovery_codes_are_shown_once_and_each_works_once(admin: User):
    owner = with_password()[0]
    set_up(owner)
    codes = re.findall(r'<li class="mono">(\d{8})</li>', owner.get(CODES).content.decode())
    assert len(codes) == 10
    assert codes[0] not in owner.get(CODES).content.decode()
    assert with_password()[0].post(CONFIRM, {"code": codes[0]})["Location"] == "/"
    assert with_password()[0].post(CONFIRM, {"code": codes[0]}).status_code == 200


def test_new_recovery_codes_end_the_old_ones(admin: User):
    owner = with_password()[0]
    set_up(owner)
    old = re.findall(r'<li class="mono">(\d{8})</li>', owner.get(CODES).content.decode())
    assert owner.post(f"{CODES}new/")["Location"] == CODES
    assert with_password()[0].post(CONFIRM, {"code": old[0]}).status_code == 200


def test_the_secrets_are_sealed_in_the_database(admin: User):
    secret = set_up(with_password()[0])
    kept = json.dumps([row.data for row in Authenticator.objects.all()])
    assert secret not in kept
    assert Authenticator.objects.count() == 2


def move_factors(*, thief: User, to: User) -> None:
    """As whoever can write the database would: the thief's own ciphertexts in the rows of somebody else."""
    for row in Authenticator.objects.filter(user=thief):
        Authenticator.objects.filter(user=to, type=row.type).update(data=row.data)


@pytest.fixture
def thief(db: None) -> User:
    return User.objects.create_user("thief", password=PASSWORD)


def test_a_ciphertext_that_was_moved_to_somebody_elses_row_does_not_open(admin: User, thief: User, caplog: Any):
    set_up(with_password()[0])
    known = with_password("thief")[0]
    secret = set_up(known)
    codes = re.findall(r'<li class="mono">(\d{8})</li>', known.get(CODES).content.decode())
    move_factors(thief=thief, to=admin)
    for stolen in (code(secret), codes[0]):
        client = with_password()[0]
        answer = client.post(CONFIRM, {"code": stolen})
        assert answer.status_code == 200
        assert "Incorrect code" in answer.content.decode()
        assert not is_signed_in(client)
    assert f"a second factor of user {admin.pk} does not open" in caplog.text


def test_what_does_not_open_leaves_the_other_factors(admin: User, thief: User):
    owner = with_password()[0]
    set_up(owner)
    codes = re.findall(r'<li class="mono">(\d{8})</li>', owner.get(CODES).content.decode())
    set_up(with_password("thief")[0])
    moved = Authenticator.objects.get(user=thief, type="totp")
    Authenticator.objects.filter(user=admin, type="totp").update(data=moved.data)
    client = with_password()[0]
    assert client.post(CONFIRM, {"code": codes[0]})["Location"] == "/"
    assert {client.get(path).status_code for path in (INDEX, CODES, f"{CODES}new/")} <= {200, 302}


def test_recovery_codes_that_do_not_open_break_no_page(admin: User):
    owner = with_password()[0]
    set_up(owner)
    row = Authenticator.objects.get(type="recovery_codes")
    Authenticator.objects.filter(pk=row.pk).update(data=row.data | {"seed": "rubbish"})
    assert {owner.get(path).status_code for path in (INDEX, CODES, f"{CODES}new/")} == {200}


def test_factors_of_before_are_bound_to_their_person(admin: User):
    secret = set_up(with_password()[0])
    migration = import_module("console.migrations.0011_factors_of_persons")
    migration.bind(apps, None, to_person=False)
    client = with_password()[0]
    assert client.post(CONFIRM, {"code": code(secret)}).status_code == 200
    migration.bind(apps, None, to_person=True)
    assert client.post(CONFIRM, {"code": code(secret)})["Location"] == "/"


def test_a_password_is_asked_for_before_a_factor_changes(admin: User):
    client, _ = with_password()
    assert client.get(NEW_APP)["Location"].startswith("/auth/reauthenticate/")


def test_the_app_can_be_removed(admin: User):
    client = with_password()[0]
    set_up(client)
    assert client.post("/auth/factors/app/remove/")["Location"] == INDEX
    assert Authenticator.objects.count() == 0
    assert with_password()[1]["Location"] == "/"


@REQUIRED
@pytest.mark.parametrize("path", ["/", "/accounts/", "/admin/", "/auth/password/change/", "/auth/sessions/"])
def test_whoever_needs_one_is_led_to_it_before_anything_else(admin: User, path: str):
    client, _ = with_password()
    assert client.get(path)["Location"] == INDEX
    page = client.get(INDEX).content.decode()
    assert "Your role needs a second factor" in page


@REQUIRED
def test_htmx_leads_the_whole_browser_there(admin: User):
    assert with_password()[0].get("/products/", headers=make.HTMX)["HX-Redirect"] == INDEX


@REQUIRED
def test_nothing_is_written_meanwhile(admin: User):
    account = make.account()
    assert with_password()[0].post(f"/accounts/{account.slug}/sync/")["Location"] == INDEX
    assert SyncRun.objects.filter(account=account).count() == 0


@REQUIRED
def test_with_one_the_console_is_open(admin: User):
    client = with_password()[0]
    set_up(client)
    assert is_signed_in(client)


@REQUIRED
def test_whoever_needs_one_keeps_the_last(admin: User):
    client = with_password()[0]
    set_up(client)
    page = client.post("/auth/factors/app/remove/")
    assert "cannot deactivate" in page.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


@REQUIRED
def test_leaving_is_always_open(admin: User):
    assert with_password()[0].post("/auth/logout/")["Location"] == "/auth/login/"


@REQUIRED
def test_other_roles_need_none(as_viewer: Client):
    assert is_signed_in(as_viewer)


def test_a_factor_in_the_trail(admin: User, django_capture_on_commit_callbacks: Any):
    with django_capture_on_commit_callbacks(execute=True):
        set_up(with_password()[0])
    assert make.trail(action="user.factor") == [("user.factor", "done")] * 2
