import pytest
from django.test import Client
from django.urls import reverse

from console.models import AuditEntry, Session, User
from console.services.audit import details_of
from tests import make


def url_of(person: User) -> str:
    return reverse("user-sign-out", args=[person.pk])


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.fixture
def browsers(pm: User) -> list[Client]:
    """Two of the person's, both in use."""
    clients = [make.client(pm), make.client(pm)]
    assert all(is_signed_in(client) for client in clients)
    return clients


def test_an_admin_sees_how_many_there_are_and_is_asked_first(as_admin: Client, pm: User, browsers: list[Client]):
    assert "2 open sessions" in as_admin.get(url_of(pm)).content.decode()
    assert all(is_signed_in(client) for client in browsers)


def test_an_admin_ends_them_all(as_admin: Client, pm: User, browsers: list[Client]):
    response = as_admin.post(url_of(pm))
    assert (response.status_code, response["Location"]) == (303, reverse("user-history", args=[pm.pk]))
    assert not any(is_signed_in(client) for client in browsers)
    assert "signed in nowhere" in as_admin.get(url_of(pm)).content.decode()


def test_it_is_told_with_who_did_it_to_whom_and_no_name(as_admin: Client, pm: User, browsers: list[Client]):
    as_admin.post(url_of(pm))
    entry = AuditEntry.objects.get(action="user.sign_out")
    assert (entry.outcome, entry.actor, entry.target_id) == ("done", User.objects.get(username="admin"), str(pm.pk))
    assert entry.target_name == f"person {pm.pk}"
    assert details_of(entry).parameters == {"sessions": "2"}


def test_of_nobody_else(as_admin: Client, as_auditor: Client, pm: User, browsers: list[Client]):
    as_admin.post(url_of(pm))
    assert is_signed_in(as_admin)
    assert is_signed_in(as_auditor)


def test_twice_is_told_once(as_admin: Client, pm: User, browsers: list[Client]):
    as_admin.post(url_of(pm))
    assert as_admin.post(url_of(pm)).status_code == 303
    assert make.trail(action="user.sign_out") == [("user.sign_out", "done")]


def test_ones_own_are_in_ones_own_list(as_admin: Client):
    admin = User.objects.get(username="admin")
    assert as_admin.post(url_of(admin))["Location"] == reverse("session-list")
    assert is_signed_in(as_admin)


def test_htmx_leads_on(as_admin: Client, pm: User, browsers: list[Client]):
    assert as_admin.post(url_of(pm), headers=make.HTMX)["HX-Redirect"] == reverse("user-history", args=[pm.pk])


def test_others_may_not_and_the_attempt_is_told(as_auditor: Client, pm: User, browsers: list[Client]):
    assert as_auditor.post(url_of(pm)).status_code == 403
    assert make.trail(action="user.sign_out") == [("user.sign_out", "denied")]
    assert Session.objects.filter(user=pm).count() == 2


def test_the_persons_pages_lead_there(as_admin: Client, as_auditor: Client, pm: User, browsers: list[Client]):
    settings = as_admin.get(reverse("admin:console_user_change", args=[pm.pk])).content.decode()
    assert f'2 · <a href="{url_of(pm)}">' in settings
    history = reverse("user-history", args=[pm.pk])
    assert url_of(pm) in as_admin.get(history).content.decode()
    assert url_of(pm) not in as_auditor.get(history).content.decode()
