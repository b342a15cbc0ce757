from django.test import Client
from django.urls import reverse

from console.models import AuditEntry, User
from tests import make


def url_of(person: User) -> str:
    return reverse("user-pseudonymise", args=[person.pk])


def test_an_admin_is_asked_first(as_admin: Client, pm: User):
    page = as_admin.get(url_of(pm)).content.decode()
    assert "It cannot be undone" in page
    assert User.objects.get(pk=pm.pk).username == "pm"


def test_an_admin_takes_a_name_away(as_admin: Client, pm: User):
    response = as_admin.post(url_of(pm))
    assert (response.status_code, response["Location"]) == (303, reverse("user-history", args=[pm.pk]))
    assert User.objects.get(pk=pm.pk).username == f"person-{pm.pk}"


def test_twice_is_once(as_admin: Client, pm: User):
    as_admin.post(url_of(pm))
    assert "by no other name" in as_admin.post(url_of(pm)).content.decode()
    assert AuditEntry.objects.filter(action="user.pseudonymise").count() == 1


def test_nobody_does_it_to_themselves(as_admin: Client):
    admin = User.objects.get(username="admin")
    response = as_admin.post(url_of(admin))
    assert response.status_code == 409
    assert "another administrator" in response.content.decode()


def test_htmx_gets_the_form_only(as_admin: Client, pm: User):
    page = as_admin.get(url_of(pm), headers=make.HTMX).content.decode()
    assert page.lstrip().startswith('<div id="pseudonymise"')


def test_others_may_not_and_the_attempt_is_told(as_auditor: Client, pm: User):
    assert as_auditor.post(url_of(pm)).status_code == 403
    assert make.trail(action="user.pseudonymise") == [("user.pseudonymise", "denied")]
    assert User.objects.get(pk=pm.pk).username == "pm"


def test_the_history_of_a_person_leads_there(as_admin: Client, as_auditor: Client, pm: User):
    history = reverse("user-history", args=[pm.pk])
    assert url_of(pm) in as_admin.get(history).content.decode()
    assert url_of(pm) not in as_auditor.get(history).content.decode()
