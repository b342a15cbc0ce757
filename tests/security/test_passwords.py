"""Which passwords are taken, where a person changes their own."""

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from console.models import User
from console.services.roles import Role
from tests import make

PRESENT = "correct horse battery"


@pytest.fixture
def person(db: None) -> User:
    cache.clear()
    return make.user("lin.wei.chen", Role.VIEWER, password=PRESENT)


def is_taken(person: User, new: str, *, present: str = PRESENT) -> bool:
    form = {"oldpassword": present, "password1": new, "password2": new}
    make.client(person).post("/auth/password/change/", form)
    person.refresh_from_db()
    return person.check_password(new)


@pytest.mark.parametrize(
    "new",
    ["sparrow", "password123", "Lin.Wei.Chen"],
    ids=["seven characters", "a common one", "one's own name"],
)
def test_what_is_guessed_soon_is_refused(person: User, new: str):
    assert not is_taken(person, new)
    assert person.check_password(PRESENT)


@pytest.mark.parametrize(
    "new",
    ["sparrows", "all small letters", "  blanks around  ", "灯籠と雀と松の木", "x1!" * 40],
    ids=["eight characters", "one kind", "blanks", "any script", "120 characters"],
)
def test_any_characters_are_taken_as_they_are_typed(person: User, new: str):
    assert is_taken(person, new)
    signed_in = Client().post("/auth/login/", {"login": person.username, "password": new})
    assert signed_in.status_code == 302


@override_settings(PASSWORD_WORDS=["Acme", " smart lamp ", "smart", ""])
@pytest.mark.parametrize(
    "new",
    ["ota console", "OTAConsole2026!", "acme 1234567", "AcMe-AcMe-2026", "o t a c o n s o l e", "SmartLamp-2026",
     "acme ota console 1", "2026 a c m e 123"],
)  # fmt: skip
def test_what_is_little_more_than_a_word_of_the_house_is_refused(person: User, new: str):
    assert not is_taken(person, new)


@override_settings(PASSWORD_WORDS=["acme"])
@pytest.mark.parametrize("new", ["acme and a lamp", "acme12345678", "my ota console rests here", "ac me of sparrows"])
def test_beside_a_word_of_the_house_eight_characters_are_enough(person: User, new: str):
    assert is_taken(person, new)


def test_words_of_the_house_are_a_setting(person: User):
    assert is_taken(person, "acme 1234567")


@override_settings(PASSWORD_WORDS=["acme"])
def test_it_is_said_what_is_wrong_in_every_form(person: User, as_admin: Client):
    typed = {"oldpassword": PRESENT, "password1": "Acme-2026", "password2": "Acme-2026"}
    page = make.client(person).post("/auth/password/change/", typed).content.decode()
    assert "little more than a name" in page
    page = as_admin.post(f"/admin/console/user/{person.pk}/password/", typed | {"usable_password": "true"})
    assert "little more than a name" in page.content.decode()


@pytest.mark.parametrize("typed", ["all small letters ", "All small letters", "all small letter"])
def test_what_differs_by_one_character_is_another(person: User, typed: str):
    assert is_taken(person, "all small letters")
    assert Client().post("/auth/login/", {"login": person.username, "password": typed}).status_code != 302


def test_the_present_one_is_asked_for(person: User):
    assert not is_taken(person, "another of many", present="not the present one")
