"""Every page around sign-in, in both themes and widths: no violation that axe knows, nothing wider than the window."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, expect

from console.env_sign_in import openid_connect
from console.models import User
from tests.browser.conftest import PASSWORD, WIDTHS, Desk
from tests.browser.test_passkeys import plug_in, sign_out
from tests.views.test_second_factor import code

PROVIDER = openid_connect(server="http://127.0.0.1:9", client_id="x", secret="x", title="Acme", scopes=["openid"])
PASSKEYS = "/auth/factors/passkeys/"


class Judge:
    """Looks at one page after the other."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.found: list[tuple[str, str]] = []

    def look(self, path: str = "") -> None:
        page = self.desk.open(path) if path else self.desk.page
        where = page.url
        self.found += [(where, violation["id"]) for violation in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.found.append((where, "wider than the window"))
        if page.locator("h1").count() != 1:
            self.found.append((where, "not one h1"))


def before(judge: Judge) -> None:
    judge.look("/auth/login/")
    judge.desk.page.get_by_role("button", name="Continue with Acme").click()
    assert judge.desk.page.get_by_role("heading", name="Single sign-on failed").count()
    judge.look()
    judge.look("/auth/sso/cancelled/")
    for _ in range(5):
        page = judge.desk.open("/auth/login/")
        page.get_by_label("Username").fill("somebody")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
    assert page.get_by_role("heading", name="Too many failed sign-ins").count()
    judge.look()


def with_an_app(judge: Judge) -> str:
    page = judge.desk.open("/auth/factors/")
    judge.look()
    page.get_by_role("link", name="Set up an app").click()
    judge.look()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    judge.look()
    secret = page.locator(".key").inner_text().strip()
    page.get_by_label("Authenticator code").fill(code(secret))
    page.get_by_role("button", name="Turn it on").click()
    page.wait_for_url("**/codes/")
    judge.look()
    return secret


def with_a_passkey(judge: Judge) -> None:
    plug_in(judge.desk)
    page = judge.desk.open(f"{PASSKEYS}new/")
    judge.look()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/auth/factors/")
    judge.look(PASSKEYS)
    for word in ("Rename", "Remove"):
        judge.desk.open(PASSKEYS).get_by_role("link", name=re.compile(word)).click()
        judge.look()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.timeout(300)
@override_settings(SOCIALACCOUNT_PROVIDERS=PROVIDER, MFA_REQUIRED_FOR=["admin"])
def test_no_violation_and_no_overflow(
    browser: Browser, live_server: Any, people: dict[str, User], width: int, scheme: str
):
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        desk = Desk(context, live_server.url)
        judge = Judge(desk)
        before(judge)
        page = desk.open("/auth/login/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/auth/factors/")
        with_an_app(judge)
        with_a_passkey(judge)
        for path in ("/auth/factors/", "/auth/factors/codes/", "/auth/factors/codes/new/", "/auth/factors/app/remove/"):
            judge.look(path)
        for path in ("/auth/reauthenticate/", "/auth/factors/reauthenticate/", f"{PASSKEYS}reauthenticate/"):
            judge.look(path)
        judge.look("/auth/sessions/")
        judge.look("/auth/password/change/")
        User.objects.update(provisional_until=timezone.now())
        judge.look("/auth/password/change/")
        expect(desk.page.get_by_role("status")).to_contain_text("Somebody else knows")
        User.objects.update(provisional_until=None)
        sign_out(desk)
        page = desk.open("/auth/login/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/confirm/")
        judge.look()
        assert desk.complaints == []
    assert judge.found == []
