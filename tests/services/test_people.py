import getpass

import pytest
from django.core.management import call_command

from console.models import AuditEntry, User
from console.services import people
from console.services.audit import details_of
from console.services.roles import Role, grant, revoke, roles_of
from tests import make


def told(user: User) -> list[tuple[str, dict[str, str]]]:
    entries = AuditEntry.objects.filter(target_kind="user", target_id=str(user.pk)).order_by("id")
    return [(entry.action, dict(details_of(entry).parameters)) for entry in entries]


def test_a_role_that_is_given_and_taken_is_told_with_what_was_before(pm: User):
    person = make.user("ming", Role.VIEWER)
    grant(person, Role.AUDITOR, actor=pm)
    revoke(person, Role.VIEWER, by="sign-on")
    assert told(person) == [
        ("user.roles", {"before groups": "viewer", "after groups": "auditor, viewer"}),
        ("user.roles", {"before groups": "auditor, viewer", "after groups": "auditor", "by": "sign-on"}),
    ]
    assert roles_of(person) == {Role.AUDITOR}


def test_a_role_that_changes_nothing_is_not_told(db: None):
    person = make.user("ming", Role.VIEWER)
    grant(person, Role.VIEWER)
    revoke(person, Role.ADMIN)
    assert told(person) == []


def test_a_name_is_told_to_have_changed_and_never_stands_in_a_record(db: None):
    person = make.user("ming")
    with people.telling(person, actor=None):
        User.objects.filter(pk=person.pk).update(username="mingzhu", email="ming@example.com", is_active=False)
    ((action, parameters),) = told(person)
    assert action == "user.update"
    assert parameters == {
        "username": "changed",
        "email": "changed",
        "before is_active": "True",
        "after is_active": "False",
    }
    assert not any("ming" in record for record in AuditEntry.objects.values_list("record", flat=True))


def test_the_command_that_enters_a_superuser_is_told(db: None):
    call_command("createsuperuser", username="root", email="", interactive=False, verbosity=0)
    assert told(User.objects.get(username="root")) == [
        (
            "user.create",
            {
                "is_active": "True",
                "is_staff": "True",
                "is_superuser": "True",
                "groups": "",
                "by": "command createsuperuser",
            },
        )
    ]


def test_the_command_that_changes_a_password_is_told(pm: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(getpass, "getpass", lambda **_prompt: "correct horse battery")
    call_command("changepassword", "pm", verbosity=0)
    assert told(pm) == [("user.password", {"password": "changed", "by": "command changepassword"})]
