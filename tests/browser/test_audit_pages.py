"""The trail and the histories in both themes and both widths: no violation that axe knows, nothing too wide."""

from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from console.models import Account, AuditEntry, Product, User
from console.services import modules, products
from console.services.audit_anchor import anchor_now
from tests import make
from tests.browser.conftest import WIDTHS, Desk

LONGEST = "a_module_name_of_sixty-four_characters_which_is_all_that_fits.64"


@pytest.fixture
def shown(people: dict[str, User], platforms: tuple[Account, Account]) -> Product:
    """A product with a module, both edited, and an anchor over all of it."""
    pm = people["pm"]
    product = make.created_product(platforms[0], pm, "条码扫描仪_Mini")
    modules.create(product=product, spec=make.module_spec(product, LONGEST), form_token=uuid4(), actor=pm)
    module = product.modules.get()
    modules.update(module=module, alias_name="Scanner", desc="The new text.", form_token=uuid4(), actor=pm)
    products.update(product=product, product_name="Lamp", description="", form_token=uuid4(), actor=pm)
    anchor_now()
    return product


def paths(product: Product, person: User) -> list[str]:
    edit = AuditEntry.objects.filter(action="product.update").latest("id")
    role = AuditEntry.objects.filter(action="user.roles").latest("id")
    return [
        "/audit/",
        f"/audit/?target={product.pk}",
        f"/audit/{edit.pk}/",
        f"/audit/{role.pk}/",
        f"/products/{product.pk}/",
        f"/products/{product.pk}/history/",
        f"/modules/{product.modules.get().pk}/",
        f"/accounts/{product.account.slug}/history/",
        f"/people/{person.pk}/history/",
        f"/people/{person.pk}/pseudonymise/",
        f"/people/{person.pk}/sign-out/",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.timeout(300)
def test_the_pages_are_for_everybody(
    browser: Browser, live_server: Any, people: dict[str, User], shown: Product, width: int, scheme: Any
):
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        desk = Desk(context, live_server.url)
        desk.sign_in("admin")
        for path in paths(shown, people["pm"]):
            page = desk.open(path)
            page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert not desk.complaints


def test_an_auditor_finds_an_edit_copies_its_request_and_has_the_trail_verified(desk: Desk, shown: Product):
    desk.sign_in("auditor")
    page = desk.open("/audit/")
    page.get_by_label("Action").select_option("product.update")
    page.wait_for_url("**action=product.update**")
    page.locator("#results tbody tr").first.locator("a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Edit product")
    expect(page.locator("del")).to_contain_text("条码扫描仪_Mini")
    page.get_by_text("curl", exact=True).click()
    expect(page.locator("details[open] pre")).to_contain_text("Signature=SIGNATURE")
    page = desk.open("/audit/")
    page.get_by_role("button", name="Verify the trail").click()
    expect(page.locator("#trail-state")).to_contain_text("running")
