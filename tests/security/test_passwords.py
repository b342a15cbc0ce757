"""Which passwords are taken, where a person changes their own."""

import pytest
from django.core.cache import cache
from django.test import Client

from console.models import User
from console.services.roles import Role
from tests import make

PRESENT = "correct horse battery"


@pytest.fixture
def person(db: None) -> User:
    cache.clear()
    made = make.user("lin.wei.chen", Role.VIEWER)
    made.set_password(PRESENT)
    made.save()
    return made


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


@pytest.mark.parametrize("typed", ["all small letters ", "All small letters", "all small letter"])
def test_what_differs_by_one_character_is_another(person: User, typed: str):
    assert is_taken(person, "all small letters")
    assert Client().post("/auth/login/", {"login": person.username, "password": typed}).status_code != 302


def test_the_present_one_is_asked_for(person: User):
    assert not is_taken(person, "another of many", present="not the present one")
