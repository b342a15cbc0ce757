import pytest
from django.test import Client
from django.urls import reverse

from console.models import Account, Lane, Quota
from console.services import quota
from console.services.quota_limits import limits_of
from console.services.quota_paces import groups_of
from tests import make
from tests.services.quota_rows import GROUP, end, leases, made


@pytest.fixture
def account(db: None) -> Account:
    return make.account()


@pytest.fixture
def url(account: Account) -> str:
    return reverse("account-quota", args=[account.slug])


def entered(account: Account, **changes: object) -> dict[str, object]:
    return {group: limit for group, limit in limits_of(account).items() if group in groups_of(account)} | changes


def page_of(client: Client, account: Account) -> str:
    return client.get(reverse("account-update", args=[account.slug])).content.decode()


def test_new_limits_are_stored_and_told(as_admin: Client, account: Account, url: str):
    response = as_admin.post(url, entered(account, CreateOTAModule=20))
    assert (response.status_code, response["Location"]) == (303, f"/accounts/{account.slug}/")
    assert limits_of(account)[GROUP] == 20
    assert make.trail(action="account.quota") == [("account.quota", "done")]
    assert 'value="20"' in page_of(as_admin, account)


@pytest.mark.parametrize("limit", ["", "0", "-3", "1001", "many"])
def test_what_is_no_limit_changes_nothing(as_admin: Client, account: Account, url: str, limit: str):
    response = as_admin.post(url, entered(account, CreateProduct=7, CreateOTAModule=limit))
    assert response.status_code == 422
    assert "Alibaba test" in response.content.decode()
    assert not Quota.objects.exists()


def test_htmx_gets_the_quota_only(as_admin: Client, account: Account, url: str):
    response = as_admin.post(url, entered(account, CreateOTAModule=0), headers=make.HTMX)
    assert response.status_code == 422
    assert response.content.decode().lstrip().startswith('<form id="account-quota"')
    assert as_admin.post(url, entered(account), headers=make.HTMX)["HX-Redirect"] == f"/accounts/{account.slug}/"


def test_tuya_asks_only_for_what_it_offers(as_admin: Client, tuya: Account):
    page = page_of(as_admin, tuya)
    assert 'name="CreateOTAModule"' in page
    assert 'name="CreateProduct"' not in page
    assert as_admin.post(reverse("account-quota", args=[tuya.slug]), entered(tuya)).status_code == 303


def test_the_page_shows_the_present_pace(as_admin: Client, account: Account):
    made(account)
    end(account, leases(account, Lane.SYNC)[0], throttled=True)
    page = page_of(as_admin, account)
    assert '<td data-label="Given out" class="number">5 <span class="badge">throttled</span></td>' in page
    assert '<td data-label="In use" class="number">7</td>' in page


def test_the_page_shows_who_used_it(as_admin: Client, account: Account):
    assert "No calls in the last hour" in page_of(as_admin, account)
    for username, lane in (("meiling", Lane.FORM), ("", Lane.SYNC)):
        with quota.slot(account, GROUP, lane=lane, username=username, wait_s=5):
            pass
    page = page_of(as_admin, account)
    assert 'meiling <small class="muted">form</small>' in page
    assert 'the console <small class="muted">sync</small>' in page
    assert "No calls in the last hour" not in page


@pytest.mark.parametrize("who", ["as_viewer", "as_pm", "as_auditor"])
def test_only_an_admin_may_and_the_attempt_is_told(
    request: pytest.FixtureRequest, who: str, account: Account, url: str
):
    assert request.getfixturevalue(who).post(url, entered(account, CreateOTAModule=20)).status_code == 403
    assert make.trail(action="account.quota") == [("account.quota", "denied")]
    assert limits_of(account)[GROUP] == 10


def test_anonymous_is_sent_to_sign_in(client: Client, account: Account, url: str):
    assert client.post(url, entered(account)).status_code == 302


def test_it_is_not_read(as_admin: Client, url: str):
    assert as_admin.get(url).status_code == 405


def test_an_unknown_account_is_not_found(as_admin: Client):
    assert as_admin.post("/accounts/none/quota/").status_code == 404
