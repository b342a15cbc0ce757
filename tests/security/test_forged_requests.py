"""Requests that another site makes a browser send, and fields that a person adds to a form by hand."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client

from console.models import Account, AuditEntry, Module, Product, User
from console.services.roles import Role
from tests import make
from tests.security.forms import find_forms, leads_away
from tests.security.pages import Page
from tests.security.routes import ID, address, every_route, one_of_everything

EVIL = "https://evil.example"
# Tables that a request may write without having done anything: who is signed in, and tries that are counted.
BESIDE = ("console_session", "axes_")


def rows() -> dict[str, int]:
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            if not table.startswith(BESIDE):
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[table] = cursor.fetchone()[0]
    return counts


def strict_client() -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(make.user("everybody", *Role))
    return client


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_deed_without_the_token_is_not_done(things: None, method: str):
    client = strict_client()
    before = rows()
    answers = {route: getattr(client, method)(address(route)).status_code for route in every_route()}
    assert {route: status for route, status in answers.items() if status not in {403, 404, 405}} == {}
    assert rows() == before


@pytest.mark.parametrize("origin", [EVIL, "null", "http://testserver.evil.example", "https://testserver:444"])
def test_a_deed_from_another_site_is_not_done_even_with_the_token(things: None, origin: str):
    client = strict_client()
    page = client.get("/accounts/new/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    before = rows()
    for route in ("account-create", "sync-start", "theme", "product-create", "operation-abandon"):
        response = client.post(address(route), {"csrfmiddlewaretoken": token}, headers={"Origin": origin})
        assert response.status_code == 403
    assert rows() == before


@pytest.mark.parametrize(
    "target",
    [EVIL, "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "https:evil.example", "javascript:alert(1)", "http:///evil.example", "/\r\nLocation: //evil.example", "//",
     "evil.example", "\x00//evil.example", "https://testserver@evil.example"],
)  # fmt: skip
def test_no_door_leads_to_another_site(things: None, target: str):
    client = Client(raise_request_exception=False)
    person = make.user("everybody", *Role, password="correct horse battery")
    answers = [
        client.get("/auth/login/", {"next": target}),
        client.post("/auth/login/", {"login": "everybody", "password": "correct horse battery", "next": target}),
    ]
    client.force_login(person)
    for form in find_forms(client):
        if form.method == "post" and "next" in form.fields:
            answers.append(client.post(form.action, {"next": target}))
            answers.append(client.post(form.action, {"next": target}, headers=make.HTMX))
    for answer in answers:
        assert not any(leads_away(answer, name) for name in ("Location", "HX-Redirect", "HX-Location"))
        assert Page(answer.content.decode(), is_ours=False).problems == []


EXTRA = {
    "id": str(uuid4()), "pk": "1", "actor": "1", "actor_id": "1", "created_by": "1", "created_at": "2001-01-01",
    "state": "done", "sealed_access_key_secret": "x", "sealed_product_secret": "x", "is_superuser": "on",
    "is_staff": "on", "groups": "1", "role": "admin", "roles": "admin", "user": "1", "product": str(ID),
    "product_id": str(ID), "account_id": str(ID), "vanished_at": "2001-01-01", "verified_at": "2001-01-01",
    "outcome": "done", "request_id": "forged", "record": "{}", "chain_hash": "x", "seal": "x", "_method": "DELETE",
    "action": "module.delete",
}  # fmt: skip


def test_fields_that_a_form_does_not_have_change_nothing(as_everybody: Client):
    as_everybody.raise_request_exception = False
    before = {model: model_to_dict(model.objects.get()) for model in (Product, Module, Account)}
    somebody = model_to_dict(User.objects.get(username="somebody"))
    for form in find_forms(as_everybody):
        if form.method == "post" and not form.action.startswith(("/admin/", "/auth/")):
            as_everybody.post(form.action, {name: value for name, value in EXTRA.items() if name not in form.fields})
    assert {model: model_to_dict(model.objects.get()) for model in before} == before
    assert model_to_dict(User.objects.get(username="somebody")) == somebody
    assert not AuditEntry.objects.filter(record__contains="forged").exists()


def test_extra_fields_of_a_valid_form_are_left_alone(db: None):
    one_of_everything()
    client = make.client(make.user("everybody", *Role))
    valid = {
        "slug": "tuya-eu",
        "title": "Tuya, Europe",
        "platform": "tuya",
        "endpoint": "https://eu.tuyacloud.com:8686",
        "signature_scheme": "rpc-v1",
        "access_key_id": "LTAI-entered-id",
        "access_key_secret": "a secret of many words",
    }
    assert client.post("/accounts/new/", EXTRA | valid).status_code == 303
    made = Account.objects.get(slug="tuya-eu")
    assert str(made.pk) != EXTRA["id"]
    assert made.created_at.year > 2001
    assert made.sealed_access_key_secret != "x"
