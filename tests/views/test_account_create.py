import pytest
from django.contrib.auth.models import Group
from django.test import Client

from console.models import Account, AuditEntry
from console.services import accounts
from tests import make

URL = "/accounts/new/"
ENTRY = {
    "slug": "tuya-eu",
    "title": "Tuya, Europe",
    "platform": "tuya",
    "endpoint": "https://eu.tuyacloud.com:8686/",
    "signature_scheme": "rpc-v1",
    "access_key_id": "LTAI-entered-id",
    "access_key_secret": "a secret of many words",
}


def test_it_stores_the_account_sealed(as_admin: Client):
    response = as_admin.post(URL, ENTRY)
    assert (response.status_code, response["Location"]) == (303, "/accounts/")
    account = Account.objects.get()
    assert (account.slug, account.endpoint) == ("tuya-eu", "https://eu.tuyacloud.com:8686")
    assert ENTRY["access_key_secret"] not in account.sealed_access_key_secret
    assert (
        accounts.sealer().open(account.sealed_access_key_secret, place=account.place_of_secret)
        == (ENTRY["access_key_secret"])
    )


def test_the_trail_tells_of_it_without_the_secret(as_admin: Client):
    as_admin.post(URL, ENTRY)
    entry = AuditEntry.objects.get(action="account.create")
    assert (entry.outcome, str(entry.actor), entry.target_name) == ("done", "admin", "tuya-eu")
    assert ENTRY["access_key_secret"] not in entry.record


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "http://eu.tuyacloud.com"}, "endpoint"),
        ({"endpoint": "https://eu.tuyacloud.com/path"}, "endpoint"),
        ({"endpoint": "https://eu.tuyacloud.com:99999"}, "endpoint"),
        ({"endpoint": "nonsense"}, "endpoint"),
        ({"signature_scheme": "acs3"}, "signature_scheme"),
        ({"signature_scheme": "md5"}, "signature_scheme"),
        ({"platform": "alibaba", "http_method": "GET"}, "http_method"),
        ({"platform": "acme"}, "platform"),
        ({"access_key_id": "two, ids"}, "access_key_id"),
        ({"access_key_secret": ""}, "access_key_secret"),
        ({"access_key_secret": "tab\tinside"}, "access_key_secret"),
        ({"slug": "no spaces"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"title": "\x00"}, "title"),
    ],
)
def test_what_the_client_would_not_take_is_an_error_of_its_field(as_admin: Client, changes: dict, field: str):
    response = as_admin.post(URL, ENTRY | changes)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Account.objects.exists()


def test_it_is_everybodys_until_it_names_groups(as_admin: Client):
    as_admin.post(URL, ENTRY)
    assert not Account.objects.get().visible_to.exists()
    assert '"visible_to":"everybody"' in AuditEntry.objects.get(action="account.create").record


def test_it_is_limited_from_the_first_moment_on(as_admin: Client):
    Group.objects.create(name="lamp makers")
    as_admin.post(URL, ENTRY | {"visible_to": ["lamp makers", "auditor"]})
    assert sorted(Account.objects.get().visible_to.values_list("name", flat=True)) == ["auditor", "lamp makers"]
    assert '"visible_to":"auditor, lamp makers"' in AuditEntry.objects.get(action="account.create").record


def test_a_group_that_there_is_not_is_an_error_of_its_field(as_admin: Client):
    response = as_admin.post(URL, ENTRY | {"visible_to": ["nobody of that name"]})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["visible_to"])


def test_a_slug_that_is_taken_is_named(as_admin: Client):
    make.account(slug="tuya-eu")
    response = as_admin.post(URL, ENTRY)
    assert response.status_code == 422
    assert "There is an account “tuya-eu” already." in response.content.decode()


def test_an_account_is_not_called_as_the_page_of_a_new_one(as_admin: Client):
    response = as_admin.post(URL, ENTRY | {"slug": "new"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["slug"])
    assert not Account.objects.exists()


def test_the_secret_does_not_come_back_after_an_error(as_admin: Client):
    page = as_admin.post(URL, ENTRY | {"endpoint": "nonsense"}).content.decode()
    assert ENTRY["access_key_secret"] not in page
    assert ENTRY["access_key_id"] in page


def test_an_empty_form_is_an_invalid_one(as_admin: Client):
    assert as_admin.post(URL, {}).status_code == 422


def test_htmx_gets_the_form_only_and_is_sent_on(as_admin: Client):
    page = as_admin.get(URL, headers=make.HTMX).content.decode()
    assert page.lstrip().startswith('<form id="account-form"')
    assert as_admin.post(URL, ENTRY, headers=make.HTMX)["HX-Redirect"] == "/accounts/"


@pytest.mark.parametrize("who", ["as_viewer", "as_pm", "as_auditor"])
def test_only_an_admin_may_and_the_attempt_is_told(request: pytest.FixtureRequest, who: str):
    assert request.getfixturevalue(who).post(URL, ENTRY).status_code == 403
    assert make.trail() == [("account.create", "denied")]
    assert not Account.objects.exists()


def test_anonymous_is_sent_to_sign_in(client: Client, db: None):
    assert client.post(URL, ENTRY).status_code == 302
    assert not Account.objects.exists()


@pytest.mark.parametrize("endpoint", ["https://10.0.0.5", "https://169.254.169.254", "http://127.0.0.1:8686"])
def test_an_address_in_a_private_network_is_an_error_of_its_field(as_admin: Client, settings, endpoint: str):
    settings.DEMO = False
    response = as_admin.post(URL, ENTRY | {"endpoint": endpoint})
    assert response.status_code == 422
    assert "ALLOW_PRIVATE_ENDPOINTS" in response.content.decode()
    assert not Account.objects.exists()


def test_a_private_network_can_be_allowed(as_admin: Client, settings):
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    assert as_admin.post(URL, ENTRY | {"endpoint": "https://10.0.0.5"}).status_code == 303
