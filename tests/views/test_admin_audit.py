import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_q.models import Schedule

from console.models import AuditEntry, User
from console.services.audit import fields_of
from console.services.roles import Role
from tests import make


def told() -> tuple[AuditEntry, dict[str, str]]:
    entry = AuditEntry.objects.latest("id")
    return entry, fields_of(entry.record)["parameters"]


def change(admin: Client, person: User, **fields: object) -> None:
    shown = {"username": person.username, "is_active": "on", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    response = admin.post(f"/admin/console/user/{person.pk}/change/", shown | fields)
    assert response.status_code == 302, response.content.decode()


def test_a_role_that_an_admin_gives_is_told_with_what_was_before(as_admin: Client):
    person = make.user("ming", Role.VIEWER)
    change(as_admin, person, groups=[Group.objects.get(name="auditor").pk])
    entry, parameters = told()
    assert (entry.action, str(entry.actor), entry.target_id) == ("user.roles", "admin", str(person.pk))
    assert parameters == {"before groups": "viewer", "after groups": "auditor"}


def test_a_renamed_person_stays_unnamed(as_admin: Client):
    change(as_admin, make.user("ming"), username="mingzhu", last_name="Zhu")
    entry, parameters = told()
    assert entry.action == "user.update"
    assert parameters == {"username": "changed", "last_name": "changed"}


def test_nothing_is_told_of_a_form_that_changes_nothing(as_admin: Client):
    change(as_admin, make.user("ming"))
    assert not AuditEntry.objects.filter(target_kind="user").exists()


def test_a_person_who_is_entered_is_told(as_admin: Client):
    entered = {
        "username": "ming",
        "usable_password": "true",
        "password1": "staple battery",
        "password2": "staple battery",
    }
    assert as_admin.post("/admin/console/user/add/", entered).status_code == 302
    entry, parameters = told()
    assert (entry.action, entry.target_id) == ("user.create", str(User.objects.get(username="ming").pk))
    assert parameters == {"is_active": "True", "is_staff": "False", "is_superuser": "False", "groups": ""}
    assert "staple" not in entry.record


def test_a_password_that_an_admin_sets_is_told_and_not_kept(as_admin: Client):
    person = make.user("ming")
    set_to = {
        "password1": "staple battery",
        "password2": "staple battery",
        "usable_password": "true",
        "set-password": "1",
    }
    assert as_admin.post(f"/admin/console/user/{person.pk}/password/", set_to).status_code == 302
    entry, parameters = told()
    assert (entry.action, entry.target_id, parameters) == ("user.password", str(person.pk), {"password": "changed"})


def test_groups_are_told(as_admin: Client):
    assert as_admin.post("/admin/auth/group/add/", {"name": "line 4"}).status_code == 302
    group = Group.objects.get(name="line 4")
    assert as_admin.post(f"/admin/auth/group/{group.pk}/change/", {"name": "line 5"}).status_code == 302
    made, renamed = AuditEntry.objects.filter(target_kind="group").order_by("id")
    assert (made.action, renamed.action) == ("group.create", "group.update")
    assert fields_of(renamed.record)["parameters"] == {"before name": "line 4", "after name": "line 5"}


@pytest.mark.parametrize(("every_s", "words"), [("1800", "every 1800 s"), ("", "off")])
def test_a_schedule_that_changes_is_told(as_admin: Client, every_s: str, words: str):
    row = Schedule.objects.get(name="sync")
    as_admin.post(f"/admin/django_q/schedule/{row.pk}/change/", {"every_s": every_s})
    entry, parameters = told()
    assert (entry.action, entry.target_name, str(entry.actor)) == ("schedule.update", "sync", "admin")
    assert parameters == {"before": "every 3600 s", "after": words}
