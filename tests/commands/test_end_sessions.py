from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from console.models import AuditEntry, User
from console.services.audit import details_of
from tests import make


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("end_sessions", *arguments, stdout=said)
    return said.getvalue()


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_it_signs_one_person_out_and_tells_the_trail(as_pm: Client, pm: User, as_viewer: Client):
    assert run("pm") == "1 ended.\n"
    assert not is_signed_in(as_pm)
    assert is_signed_in(as_viewer)
    entry = AuditEntry.objects.get(action="user.sign_out")
    assert (entry.actor, entry.target_id) == (None, str(pm.pk))
    assert details_of(entry).parameters == {"sessions": "1", "by": "command end_sessions"}


def test_it_signs_everybody_out_and_tells_the_trail(as_pm: Client, as_viewer: Client):
    assert run("--all") == "2 ended.\n"
    assert not is_signed_in(as_pm)
    assert not is_signed_in(as_viewer)
    entry = AuditEntry.objects.get(action="user.sign_out")
    assert (entry.actor, entry.target_id) == (None, "")
    assert details_of(entry).parameters == {"sessions": "2", "by": "command end_sessions"}


def test_who_is_signed_out_may_sign_in_again(pm: User):
    run("--all")
    assert is_signed_in(make.client(pm))


@pytest.mark.parametrize("arguments", [[], ["pm", "--all"], ["nobody"]])
def test_what_is_not_clear_changes_nothing(as_pm: Client, arguments: list[str]):
    with pytest.raises(CommandError):
        run(*arguments)
    assert is_signed_in(as_pm)
