"""To the organisation's provider and back under the real policy, which judges where a form's answer leads."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test import override_settings
from playwright.sync_api import Browser

from console.models import User
from tests.browser.conftest import Desk
from tests.security.oidc_server import Provider
from tests.security.single_sign_on import settings_for, with_groups

ROLE_MAP = {"iot-pm": "product manager"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    cache.clear()
    made = Provider()
    made.reset()
    with_groups(made, *ROLE_MAP)
    with override_settings(SOCIALACCOUNT_PROVIDERS=settings_for(made.issuer), OIDC_ROLE_MAP=ROLE_MAP):
        yield made
    made.close()


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_one_click_leads_there_and_back(
    browser: Browser, live_server: Any, transactional_db: None, provider: Provider, has_script: bool
):
    with browser.new_context(java_script_enabled=has_script) as context:
        desk = Desk(context, live_server.url)
        page = desk.open("/products/")
        page.get_by_role("button", name="Continue with Acme").click()
        page.wait_for_url(desk.base + "/products/")
        assert desk.complaints == []
    assert User.objects.get().username == "lin.wei"


def test_the_page_in_between_waits_for_a_provider_that_is_slow(desk: Desk, provider: Provider):
    desk.page.route("**/authorize?*", lambda route: route.fulfill(status=204))
    page = desk.open("/auth/login/")
    page.get_by_role("button", name="Continue with Acme").click()
    page.get_by_role("heading", name="On to Acme").wait_for()
    assert Axe().run(page).response["violations"] == []
    desk.page.unroute("**/authorize?*")
    page.get_by_role("link", name="Go on to Acme").click()
    page.wait_for_url(desk.base + "/")


def test_the_address_alone_leads_to_the_button(desk: Desk, provider: Provider):
    page = desk.open("/auth/sso/?next=/products/")
    assert page.get_by_role("button", name="Continue with Acme").is_visible()
    assert provider.asked == []
