import io
import json
from zipfile import ZipFile

import pytest
from django.http import HttpResponseBase
from django.test import Client

from console.models import Account, AuditEntry, User
from console.services.audit import fields_of
from console.services.audit_signing import public_key
from tests import make

URL = "/audit/export/"


def unpack(response: HttpResponseBase) -> dict[str, bytes]:
    assert response.status_code == 200
    with ZipFile(io.BytesIO(b"".join(response))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def names(files: dict[str, bytes]) -> list[str]:
    return [
        json.loads(json.loads(line)["record"])["target_name"] for line in files["entries.jsonl"].decode().splitlines()
    ]


@pytest.fixture
def entries(alibaba: Account, pm: User) -> None:
    make.entry(pm, target_name="Wanted", action="module.create", account=alibaba)
    make.entry(pm, target_name="Other", account=alibaba)
    make.entry(None, target_name="Nobody")


def test_the_page_says_what_will_be_in_the_pack(as_auditor: Client, entries: None):
    page = as_auditor.get(URL, {"action": "module.create", "person": "pm"}).content.decode()
    for text in ("<dd>1, from entry", "create module", '<dd class="anywhere">pm</dd>', public_key(), "verify.py"):
        assert text in page
    assert "<dd>what everybody did and tried</dd>" in page
    assert 'action="/audit/export/?action=module.create&amp;person=pm"' in page


def test_the_pack_holds_what_was_filtered(as_auditor: Client, entries: None):
    response = as_auditor.post(f"{URL}?action=module.create")
    assert response.streaming
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"].startswith('attachment; filename="evidence-')
    assert "no-store" in response["Cache-Control"]
    files = unpack(response)
    assert names(files) == ["Wanted"]
    assert b"pm" in files["people.csv"]


def test_the_trail_tells_of_it_before_the_first_byte(as_auditor: Client, pm: User, entries: None):
    response = as_auditor.post(f"{URL}?person=pm&text=Wanted")
    told = AuditEntry.objects.get(action="audit.export")
    assert told.actor is not None
    assert told.actor.username == "auditor"
    wanted = AuditEntry.objects.get(target_name="Wanted").pk
    assert fields_of(told.record)["parameters"] == {
        "entries": "1",
        "first": str(wanted),
        "last": str(wanted),
        "filter actor_id": str(pm.pk),
        "filter text": "Wanted",
    }
    unpack(response)


def test_looking_at_the_page_tells_nothing(as_auditor: Client, entries: None):
    before = AuditEntry.objects.count()
    as_auditor.get(URL)
    assert AuditEntry.objects.count() == before


def test_others_get_their_own_entries_only(as_pm: Client, entries: None):
    assert "<dd>what you did and tried</dd>" in as_pm.get(URL).content.decode()
    files = unpack(as_pm.post(URL))
    assert names(files) == ["Wanted", "Other"]
    assert json.loads(files["manifest.json"])["made_by"]["name"] == "pm"


def test_nothing_found_is_no_pack(as_viewer: Client, entries: None):
    page = as_viewer.get(URL).content.decode()
    assert "nothing to hand out" in page
    assert "Download" not in page
    refused = as_viewer.post(URL)
    assert refused.status_code == 409
    assert "No pack was made" in refused.content.decode()
    assert not AuditEntry.objects.filter(action="audit.export").exists()


@pytest.mark.parametrize("query", ["person=ghost", "action=nothing", "since=yesterday", "account=hidden"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_filter_that_cannot_be_read_hands_out_nothing(as_auditor: Client, entries: None, method: str, query: str):
    response = getattr(as_auditor, method)(f"{URL}?{query}")
    assert response.status_code == 422
    assert "cannot be read" in response.content.decode()
    assert not AuditEntry.objects.filter(action="audit.export").exists()


def test_htmx_gets_the_part_only(as_auditor: Client, entries: None):
    page = as_auditor.get(URL, headers=make.HTMX).content.decode()
    assert page.lstrip().startswith('<div id="evidence"')


def test_who_has_no_role_is_denied_and_told_of(entries: None):
    assert make.client(make.user("nobody")).post(URL).status_code == 403
    assert make.trail(action="audit.export") == [("audit.export", "denied")]


def test_anonymous_is_sent_to_sign_in(client: Client, db: None):
    assert client.post(URL).status_code == 302
