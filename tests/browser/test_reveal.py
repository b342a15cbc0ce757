"""A ProductSecret in a real browser: asked for, shown for thirty seconds, and not gone back to."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from console.models import Account, Product
from console.services import accounts
from tests import make
from tests.browser.conftest import PASSWORD, Desk

SECRET = "kD9xQz2LrT7vWb4n"


@pytest.fixture
def product(platforms: tuple[Account, Account]) -> Product:
    made = make.cached_product(platforms[0])
    made.sealed_product_secret = accounts.sealer().seal(SECRET, place=made.place_of_secret)
    made.save()
    return made


def reveal(desk: Desk, product: Product) -> Page:
    desk.sign_in("admin")
    page = desk.open(f"/products/{product.pk}/")
    page.get_by_role("link", name="Reveal…").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("Confirm|Continue|Go on")).click()
    page.get_by_label("Reason").fill("A device lost it")
    page.get_by_role("button", name="Reveal the secret").click()
    return page


def test_it_is_hidden_again_after_its_time(desk: Desk, product: Product):
    desk.page.clock.install()
    page = reveal(desk, product)
    expect(page.get_by_text(SECRET)).to_be_visible()
    page.clock.run_for(29_000)
    expect(page.get_by_text(SECRET)).to_be_visible()
    page.clock.run_for(1_500)
    expect(page.get_by_text("The secret is hidden again.")).to_be_visible()
    assert SECRET not in page.content()


def test_it_is_not_gone_back_to(desk: Desk, product: Product):
    page = reveal(desk, product)
    page.get_by_role("link", name="Back to the product").click()
    expect(page.get_by_role("link", name="Reveal…")).to_be_visible()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    expect(page.locator("body")).not_to_contain_text(SECRET)


def test_without_a_script_the_page_says_to_leave_it(browser: Browser, live_server: Any, product: Product):
    with browser.new_context(java_script_enabled=False) as context:
        page = reveal(Desk(context, live_server.url), product)
        expect(page.get_by_text(SECRET)).to_be_visible()
        expect(page.get_by_text("Leave this page as soon as you have copied it:")).to_be_visible()
