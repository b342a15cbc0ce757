"""Passwords known from breaches cannot be chosen, wherever somebody chooses one."""

from hashlib import sha1
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from console.models import User
from console.services.breached_passwords import is_listed
from console.services.roles import Role
from tests import make

PRESENT = "correct horse battery"
KNOWN = "sparrows on a lamp"


def line_of(password: str, *, ending: str = ":3\r\n") -> str:
    return sha1(password.encode()).hexdigest().upper() + ending


def write(path: Path, *passwords: str, ending: str = ":3\r\n") -> Path:
    path.write_text("".join(sorted(line_of(password, ending=ending) for password in passwords)), newline="")
    return path


@pytest.fixture
def listed(settings: Settings, tmp_path: Path) -> Path:
    path = write(tmp_path / "hashes", KNOWN, "another", "灯籠と雀", *map(str, range(200)))
    validator = {
        "NAME": "console.services.breached_passwords.BreachedPasswordsValidator",
        "OPTIONS": {"path": str(path)},
    }
    settings.AUTH_PASSWORD_VALIDATORS = [*settings.AUTH_PASSWORD_VALIDATORS, validator]
    return path


@pytest.fixture
def person(db: None) -> User:
    return make.user("lin.wei.chen", Role.VIEWER, password=PRESENT)


@given(
    listed=st.sets(st.text(st.characters(exclude_categories=["Cs"])), max_size=40),
    others=st.sets(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=10),
    ending=st.sampled_from(["\n", "\r\n", ":1\n", ":52256179\r\n"]),
    is_lower=st.booleans(),
    ends_open=st.booleans(),
)
def test_what_is_listed_is_found_and_nothing_else(
    listed: set[str], others: set[str], ending: str, is_lower: bool, ends_open: bool
):
    with TemporaryDirectory() as folder:
        path = write(Path(folder, "hashes"), *listed, ending=ending)
        text = path.read_text().rstrip() if ends_open else path.read_text()
        path.write_text(text.lower() if is_lower else text)
        assert {word for word in listed | others if is_listed(word, path)} == listed


def test_one_that_is_known_is_refused_and_it_is_said_why(listed: Path, person: User):
    typed = {"oldpassword": PRESENT, "password1": KNOWN, "password2": KNOWN}
    page = make.client(person).post("/auth/password/change/", typed).content.decode()
    assert "came out in a breach" in page
    person.refresh_from_db()
    assert person.check_password(PRESENT)


def test_an_administrator_cannot_set_one_for_somebody(listed: Path, person: User, as_admin: Client):
    typed = {"password1": KNOWN, "password2": KNOWN, "usable_password": "true"}
    page = as_admin.post(f"/admin/console/user/{person.pk}/password/", typed).content.decode()
    assert "came out in a breach" in page
    person.refresh_from_db()
    assert person.check_password(PRESENT)


def test_others_are_taken(listed: Path):
    validate_password("sparrows on a lam")
    validate_password("sparrows on a lamp ")


def test_without_a_list_it_is_taken():
    validate_password(KNOWN)


def test_while_the_list_cannot_be_read_none_can_be_chosen_and_the_log_says_why(
    listed: Path, person: User, caplog: pytest.LogCaptureFixture
):
    listed.unlink()
    with pytest.raises(ValidationError, match="cannot be read"):
        validate_password("sparrows on a lam")
    assert "BREACHED_PASSWORDS_FILE cannot be read: No such file or directory" in caplog.text
    signed_in = Client().post("/auth/login/", {"login": person.username, "password": PRESENT})
    assert signed_in.status_code == 302
