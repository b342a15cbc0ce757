"""A platform out of reach, in a real browser: told on the page, tried without losing what was typed."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from console.models import Account, Product, User
from console.services import circuit
from tests import make
from tests.browser.conftest import WIDTHS, Desk


@pytest.fixture
def product(people: dict[str, User], platforms: tuple[Account, Account]) -> Product:
    """A product of one platform of six that are out of reach."""
    others = [make.account(slug=f"other-{number}") for number in range(4)]
    for account in (*platforms, *others):
        for _ in range(circuit.FAILURES_TO_OPEN):
            circuit.note_failure(account, "The platform did not answer completely in time.")
    return make.cached_product(platforms[0])


def test_a_try_leaves_what_was_typed(desk: Desk, product: Product, platforms: tuple[Account, Account]):
    desk.sign_in("pm")
    page = desk.open(f"/products/{product.pk}/modules/new/")
    page.get_by_label("Name", exact=True).fill("barcodeScanner")
    move(platforms[0], "http://127.0.0.1:9")
    page.get_by_role("button", name="Try now").click()
    page.get_by_text("It was tried just now. The platform of Alibaba test has been out of reach").wait_for()
    # The page gives the focus back a moment after the text stands there.
    expect(page.get_by_role("button", name="Try now Alibaba test")).to_be_focused()
    move(platforms[0], platforms[0].endpoint)
    page.get_by_role("button", name="Try now").click()
    page.get_by_text("The platform of Alibaba test answers again.").wait_for()
    assert page.get_by_label("Name", exact=True).input_value() == "barcodeScanner"


def move(account: Account, endpoint: str) -> None:
    Account.objects.filter(pk=account.pk).update(endpoint=endpoint)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_no_violation_and_no_overflow(browser: Browser, live_server: Any, product: Product, width: int, scheme: str):
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        desk = Desk(context, live_server.url)
        page = desk.sign_in("pm")
        page.get_by_text("4 more accounts out of reach").click()
        assert faults_of(page) == []
        page.get_by_role("button", name="Try now Tuya test").click()
        page.get_by_text("answers again.").wait_for()
        assert faults_of(page) == []
        assert desk.complaints == []


def faults_of(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [violation["id"] for violation in Axe().run(page).response["violations"]] + ["too wide"] * wide
