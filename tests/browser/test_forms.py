"""What only a browser shows: double clicks, Back, no JavaScript, the keyboard, a live check of a name."""

from typing import Any

from playwright.sync_api import Browser

from console.models import Account, Operation
from console.sandbox.server import Sandbox
from tests import make
from tests.browser.conftest import Desk


def test_a_double_click_makes_one_product(desk: Desk, platforms: tuple[Account, Account], sandbox: Sandbox):
    page = desk.sign_in("pm")
    page.goto(desk.base + "/products/new/")
    page.locator("[name=product_name]").fill("Light_Living")
    page.get_by_role("button", name="Create product").dblclick()
    page.get_by_role("heading", name="Light_Living", level=1).wait_for()
    assert [call["action"] for call in sandbox.control.calls()].count("CreateProduct") == 1


def test_back_and_send_again_makes_no_second_product(desk: Desk, platforms: tuple[Account, Account], sandbox: Sandbox):
    page = desk.sign_in("pm")
    page.goto(desk.base + "/products/new/")
    page.locator("[name=product_name]").fill("Light_Living")
    page.get_by_role("button", name="Create product").click()
    page.get_by_role("heading", name="Light_Living", level=1).wait_for()
    page.go_back()
    page.locator("[name=product_name]").fill("Light_Living")
    page.get_by_role("button", name="Create product").click()
    page.wait_for_load_state()
    assert [call["action"] for call in sandbox.control.calls()].count("CreateProduct") == 1


def test_a_name_that_clashes_is_named_while_it_is_typed(desk: Desk, platforms: tuple[Account, Account], people: Any):
    product = make.created_product(platforms[0], people["pm"])
    make.cached_module(product, "scanner")
    page = desk.sign_in("pm")
    page.goto(f"{desk.base}/products/{product.pk}/modules/new/")
    page.locator("[name=module_name]").press_sequentially("Scanner")
    page.get_by_text("scanner”").first.wait_for()
    assert Operation.objects.filter(action="module.create").count() == 0


def test_everything_works_without_javascript(
    browser: Browser, live_server: Any, platforms: tuple[Account, Account], sandbox: Sandbox
):
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}) as context:
        desk = Desk(context, live_server.url)
        page = desk.sign_in("pm")
        page.goto(desk.base + "/products/new/")
        page.locator("[name=product_name]").fill("Gateway_Pro")
        page.get_by_text("Carries sub-devices").click()
        page.get_by_role("button", name="Show the fields that apply").click()
        assert page.locator("[name=protocol_type]").count() == 0
        page.get_by_role("button", name="Create product").click()
        page.get_by_role("heading", name="Gateway_Pro", level=1).wait_for()
        page.get_by_role("link", name="New module").first.click()
        page.locator("[name=module_name]").fill("modem")
        page.get_by_role("button", name="Create module").click()
        page.get_by_text("1 of 10 used").wait_for()
        page.get_by_role("link", name="Delete").click()
        page.get_by_role("button", name="Delete").click()
        page.get_by_text("0 of 10 used").wait_for()


def test_the_theme_is_kept(desk: Desk):
    page = desk.sign_in("pm")
    page.get_by_role("button", name="dark", exact=False).first.click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto(desk.base + "/products/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
