from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from console.models import Account, AuditArchive, AuditEntry, AuditVerification, User, VerificationState
from console.services import audit_verify
from console.services.audit_anchor import anchor_now
from console.services.roles import Role
from tests import make, old_trail

STATE, VERIFY = "/audit/state/", "/audit/verify/"
UNDELIVERED = "The latest anchor did not reach every place."


def finish() -> AuditVerification:
    latest = audit_verify.find_latest()
    assert latest
    while audit_verify.step(latest.pk):
        pass
    latest.refresh_from_db()
    return latest


def test_the_page_says_how_far_the_trail_is_anchored_and_verified(as_auditor: Client, pm: User):
    make.entry(pm)
    page = as_auditor.get("/audit/").content.decode()
    assert "1 entry" in page
    assert "not yet" in page
    assert "never" in page
    anchor_now()
    assert "up to 1, " in as_auditor.get("/audit/").content.decode()


def test_who_reads_their_own_part_is_shown_nothing_of_it(as_pm: Client, pm: User):
    assert "trail-state" not in as_pm.get("/audit/").content.decode()
    assert as_pm.get(STATE).status_code == 403


def test_opened_by_itself_the_part_leads_to_its_page(as_auditor: Client):
    assert as_auditor.get(STATE)["Location"] == "/audit/"


def test_the_button_starts_one_verification_and_the_page_follows_it(as_auditor: Client, pm: User):
    make.entry(pm)
    response = as_auditor.post(VERIFY)
    assert (response.status_code, response["Location"]) == (303, "/audit/")
    as_auditor.post(VERIFY)
    assert AuditVerification.objects.count() == 1
    page = as_auditor.get(STATE, headers=make.HTMX).content.decode()
    assert "running" in page
    assert 'hx-trigger="every 3s"' in page


def test_it_ends_sound_and_says_who_asked(as_auditor: Client, pm: User):
    make.entry(pm)
    as_auditor.post(VERIFY)
    assert finish().state == VerificationState.SOUND
    page = as_auditor.get(STATE, headers=make.HTMX).content.decode()
    assert "by auditor" in page
    assert "hx-trigger" not in page


def test_a_broken_trail_is_told_with_its_entry_and_what_to_do(as_auditor: Client, pm: User):
    make.entry(pm)
    as_auditor.post(VERIFY)
    finish()
    AuditVerification.objects.update(state=VerificationState.BROKEN, bad_entry=1, finding="<b>Its record</b> differs.")
    page = as_auditor.get("/audit/").content.decode()
    assert "The trail is broken at entry 1." in page
    assert "&lt;b&gt;Its record" in page
    assert "compare it with a backup" in page


@pytest.mark.parametrize("method", ["get", "put"])
def test_verifying_is_a_deed(as_auditor: Client, method: str):
    assert getattr(as_auditor, method)(VERIFY).status_code == 405


def test_an_attempt_of_others_is_told(as_pm: Client, pm: User):
    assert as_pm.post(VERIFY).status_code == 403
    assert make.trail() == [("audit.verify", "denied")]


@pytest.fixture
def archive(settings: Settings, tmp_path: Path, pm: User) -> AuditArchive:
    settings.AUDIT_RETENTION_DAYS, settings.AUDIT_ARCHIVE_DIR = 180, tmp_path
    old_trail.make_trail(pm)
    [made] = old_trail.archive_all()
    return made


def test_the_page_says_what_is_archived_and_where_to_look(as_auditor: Client, archive: AuditArchive):
    page = as_auditor.get("/audit/").content.decode()
    assert "up to 6, but for creates" in page
    assert "?action=audit.archive" in page
    told = AuditEntry.objects.latest("id")
    assert archive.file_name in as_auditor.get(f"/audit/{told.pk}/").content.decode()


def test_an_archived_entry_names_its_file_to_who_may_read_all(as_auditor: Client, as_pm: Client, archive: AuditArchive):
    response = as_auditor.get("/audit/3/")
    assert response.status_code == 404
    assert archive.file_name in response.content.decode()
    assert archive.sha256 in response.content.decode()
    refused = as_pm.get("/audit/3/")
    assert refused.status_code == 404
    assert archive.file_name not in refused.content.decode()
    assert "archived" not in as_auditor.get("/audit/999/").content.decode()


NOTE = "Entries older than 180 days go into archives, all but creates"


def test_pages_that_list_entries_say_what_is_not_among_them(
    as_pm: Client, archive: AuditArchive, alibaba: Account, settings: Settings
):
    """Who reads only their own part, too: else one would be told that one did nothing."""
    product = make.cached_product(alibaba)
    detail = reverse("product-detail", args=[product.pk])
    pages = [reverse("audit-list"), f"{reverse('audit-list')}?text=none", reverse("product-history", args=[product.pk])]
    for url in [*pages, detail]:
        assert as_pm.get(url).content.decode().count(NOTE) == 1, url
    settings.AUDIT_RETENTION_DAYS = 0
    for url in [*pages, detail]:
        assert NOTE not in as_pm.get(url).content.decode(), url


def test_a_create_of_then_is_still_an_entry(as_auditor: Client, archive: AuditArchive):
    assert as_auditor.get("/audit/2/").status_code == 200


@pytest.fixture
def no_place(settings: Settings, tmp_path: Path) -> Path:
    """A place for anchors that is not there yet."""
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "disk" / "anchors")
    return tmp_path / "disk"


def test_a_place_that_did_not_get_the_anchor_is_told_until_it_does(as_auditor: Client, pm: User, no_place: Path):
    make.entry(pm)
    anchor_now()
    failure = AuditEntry.objects.get(action="audit.anchor", outcome="not_sent")
    for page in (as_auditor.get("/audit/").content.decode(), as_auditor.get(STATE, headers=make.HTMX).content.decode()):
        assert page.count(UNDELIVERED) == 1
        assert f'href="{reverse("audit-detail", args=[failure.pk])}"' in page
    no_place.mkdir()
    anchor_now()
    assert (no_place / "anchors").exists()
    assert UNDELIVERED not in as_auditor.get("/audit/").content.decode()


def test_it_stays_told_when_the_next_anchor_fails_too(as_auditor: Client, pm: User, no_place: Path):
    make.entry(pm)
    anchor_now()
    anchor_now()
    assert as_auditor.get("/audit/").content.decode().count(UNDELIVERED) == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT_MANAGER])
def test_who_reads_their_own_part_is_not_told_of_it(db: None, no_place: Path, role: Role):
    person = make.user("reader", role)
    anchor_now()
    response = make.client(person).get("/audit/")
    assert UNDELIVERED not in response.content.decode()
    assert "failures" not in response.context
