"""The main job: a product manager creates on both platforms, an auditor sees who did it."""

from console.models import Account
from console.sandbox.server import Sandbox
from tests.browser.conftest import Desk


def test_create_on_both_platforms_and_find_who_did_it(
    desk: Desk, another_desk: Desk, platforms: tuple[Account, Account], sandbox: Sandbox
):
    tuya_key = sandbox.control.create_tuya_product(product_name="Smart_Plug")["product_key"]
    page = desk.sign_in("pm")

    page.goto(desk.base + "/products/new/")
    page.locator("[name=product_name]").fill("Test")
    page.locator("[name=protocol_type]").select_option("modbus")
    page.locator("#sent").get_by_text("ProtocolType=modbus").wait_for()
    page.locator("[name=description]").fill("Product test")
    page.get_by_text("More: category").click()
    page.locator("[name=category_key]").fill("Lighting")
    page.locator("[name=auth_type]").select_option("secret")
    page.locator("[name=publish_auto]").select_option("false")
    page.locator("[name=resource_group_id]").fill("rg-acfmxazb4ph")
    page.get_by_role("button", name="Create product").click()
    page.get_by_role("heading", name="Test", level=1).wait_for()

    (created,) = [made for made in sandbox.control.state()["products"] if made["product_name"] == "Test"]
    assert created["protocol_type"] == "modbus"
    assert created["category_key"] == "Lighting"

    page.get_by_role("link", name="New module").first.click()
    page.locator("[name=module_name]").fill("barcodeScanner")
    page.locator("[name=alias_name]").fill("Barcode_scanner")
    page.locator("[name=desc]").fill("The firmware module of the barcode scanner.")
    page.get_by_role("button", name="Create module").click()
    page.get_by_text("1 of 10 used").wait_for()

    page.goto(desk.base + "/products/register/")
    page.locator("[name=account]").select_option("tuya-test")
    page.locator("[name=product_key]").fill(tuya_key)
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="Smart_Plug", level=1).wait_for()
    page.get_by_role("link", name="New module").first.click()
    page.locator("[name=module_name]").fill("ble")
    page.get_by_role("button", name="Create module").click()
    page.get_by_text("1 of 10 used").wait_for()

    page = another_desk.sign_in("auditor")
    page.goto(another_desk.base + "/audit/?text=barcodeScanner")
    row = page.get_by_role("row").filter(has_text="barcodeScanner").filter(has_text="done")
    assert "pm" in row.inner_text()
    assert "create module" in row.inner_text()
