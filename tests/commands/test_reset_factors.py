from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from console.models import User
from console.services.roles import Role
from tests import make


@pytest.fixture
def person(db: None) -> User:
    made = make.user("lin.wei", Role.ADMIN)
    with make.asked_by(made):
        TOTP.activate(made, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(made)
    return made


def run(name: str) -> str:
    said = StringIO()
    call_command("reset_factors", name, stdout=said)
    return said.getvalue()


def test_it_takes_them_all_and_tells_the_trail(person: User):
    assert run("lin.wei").startswith("2 taken.")
    assert not Authenticator.objects.exists()
    assert make.trail(action="user.factor") == [("user.factor", "done")]


def test_it_ends_the_sessions(person: User):
    client = make.client(person)
    run("lin.wei")
    assert client.get("/").status_code == 302


def test_of_nobody_else(person: User):
    other = make.user("other", Role.ADMIN)
    with make.asked_by(other):
        TOTP.activate(other, "JBSWY3DPEHPK3PXP")
    run("lin.wei")
    assert Authenticator.objects.get().user == other


def test_an_unknown_name_is_an_error(db: None):
    with pytest.raises(CommandError, match="no such person"):
        run("nobody")
