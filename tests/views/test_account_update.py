import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from console.models import Account, AuditEntry
from console.services import accounts
from tests import make

CHANGED = {
    "title": "Production",
    "endpoint": "https://iot.cn-shanghai.aliyuncs.com",
    "signature_scheme": "rpc-v1",
    "access_key_id": "other-id",
    "access_key_secret": "",
    "region": "cn-shanghai",
    "is_protected": "on",
}


@pytest.fixture
def account(db: None) -> Account:
    return make.account(secret="first-secret")


@pytest.fixture
def url(account: Account) -> str:
    return reverse("account-update", args=[account.slug])


def secret_of(account: Account) -> str:
    account.refresh_from_db()
    return accounts.sealer().open(account.sealed_access_key_secret, place=account.place_of_secret)


def test_an_empty_secret_keeps_the_stored_one(as_admin: Client, account: Account, url: str):
    assert as_admin.post(url, CHANGED).status_code == 303
    assert secret_of(account) == "first-secret"
    assert (account.title, account.access_key_id, account.is_protected) == ("Production", "other-id", True)
    assert '"access_key_secret":"kept"' in AuditEntry.objects.get(action="account.update").record


def test_a_new_secret_takes_the_place_of_the_old_one(as_admin: Client, account: Account, url: str):
    as_admin.post(url, CHANGED | {"access_key_secret": "second-secret"})
    assert secret_of(account) == "second-secret"
    record = AuditEntry.objects.get(action="account.update").record
    assert '"access_key_secret":"changed"' in record
    assert "second-secret" not in record


def test_name_and_platform_stay_whatever_is_sent(as_admin: Client, account: Account, url: str):
    as_admin.post(url, CHANGED | {"slug": "stolen", "platform": "tuya"})
    account.refresh_from_db()
    assert (account.slug, account.platform) == ("alibaba-test", "alibaba")


def test_the_page_shows_all_but_the_secret(as_admin: Client, account: Account, url: str):
    page = as_admin.get(url).content.decode()
    assert "Stored and sealed. Leave it empty to keep it." in page
    assert "first-secret" not in page
    assert account.sealed_access_key_secret not in page
    assert account.access_key_id in page


def test_its_groups_are_shown_and_exchanged(as_admin: Client, account: Account, url: str):
    account.visible_to.set([Group.objects.create(name="lamp makers")])
    Group.objects.create(name="lock makers")
    shown = as_admin.get(url).context["form"]["visible_to"]
    assert [str(box.choice_label) for box in shown.subwidgets if box.data["selected"]] == ["lamp makers"]
    as_admin.post(url, CHANGED | {"visible_to": ["lock makers"]})
    assert account.visible_to.get().name == "lock makers"
    assert '"after visible_to":"lock makers"' in AuditEntry.objects.get(action="account.update").record


def test_what_is_invalid_changes_nothing(as_admin: Client, account: Account, url: str):
    response = as_admin.post(url, CHANGED | {"endpoint": "http://far.example", "access_key_secret": "second-secret"})
    assert response.status_code == 422
    assert "second-secret" not in response.content.decode()
    assert secret_of(account) == "first-secret"
    assert account.title == "Alibaba test"


def test_htmx_gets_the_form_only(as_admin: Client, url: str):
    assert as_admin.get(url, headers=make.HTMX).content.decode().lstrip().startswith('<form id="account-form"')
    assert as_admin.post(url, CHANGED, headers=make.HTMX)["HX-Redirect"] == "/accounts/"


@pytest.mark.parametrize("who", ["as_viewer", "as_pm", "as_auditor"])
def test_only_an_admin_may_and_the_attempt_is_told(request: pytest.FixtureRequest, who: str, url: str):
    assert request.getfixturevalue(who).post(url, CHANGED).status_code == 403
    assert make.trail(action="account.update") == [("account.update", "denied")]


def test_anonymous_is_sent_to_sign_in(client: Client, url: str):
    assert client.post(url, CHANGED).status_code == 302


def test_an_unknown_account_is_not_found(as_admin: Client):
    assert as_admin.get("/accounts/none/").status_code == 404
