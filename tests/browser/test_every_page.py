"""Every page, in both themes and both widths: no violation that axe knows, nothing wider than the window."""

from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from console.models import Account, DriftItem, DriftKind, DriftState, Product, SyncRun, User
from console.sandbox.server import Sandbox
from console.services import modules, syncs
from tests import make
from tests.browser.conftest import WIDTHS, Desk

LONGEST = "a_module_name_of_sixty-four_characters_which_is_all_that_fits.64"


@pytest.fixture
def shown(people: dict[str, User], platforms: tuple[Account, Account], sandbox: Sandbox) -> Product:
    """Something of everything: long names, Chinese, ten of ten, an unknown, something gone."""
    alibaba, tuya = platforms
    pm = people["pm"]
    product = make.created_product(alibaba, pm, "条码扫描仪_Mini")
    for name in (LONGEST, "ble", "wifi"):
        modules.create(product=product, spec=make.module_spec(product, name), form_token=uuid4(), actor=pm)
    sandbox.control.add_fault("drop_after", operation="CreateOTAModule")
    modules.create(product=product, spec=make.module_spec(product, "cellular"), form_token=uuid4(), actor=pm)
    full = make.cached_product(tuya, "Smart_Plug_EU")
    for number in range(10):
        make.cached_module(full, f"module{number}")
    make.cached_product(alibaba, "Gone_Lamp", vanished_at=full.created_at)
    make.cached_product(alibaba, "Lost_Lamp", missing_since=full.created_at)
    make.drift_item(
        full, DriftKind.CHANGED, before={"product_name": "Smart_Plug"}, after={"product_name": "Smart_Plug_EU"}
    )
    make.drift_item(product, state=DriftState.ACCEPTED, settled_by=pm, settled_at=full.created_at)
    syncs.start(account=tuya, actor=None)
    return product


def paths(product: Product) -> list[str]:
    return [
        "/",
        "/products/",
        "/products/?q=nothing-has-this-name",
        "/products/new/",
        "/products/register/",
        f"/products/{product.pk}/",
        f"/products/{product.pk}/edit/",
        f"/products/{product.pk}/modules/new/",
        "/modules/",
        f"/modules/{product.modules.first().pk}/edit/",
        f"/modules/{product.modules.first().pk}/delete/",
        "/operations/",
        f"/operations/{product.operations.get(state='unknown').pk}/",
        "/drift/",
        f"/drift/{DriftItem.objects.get(state=DriftState.OPEN).pk}/",
        f"/syncs/{SyncRun.objects.get().pk}/",
        "/audit/",
        "/audit/1/",
        "/accounts/",
        "/accounts/new/",
        "/accounts/alibaba-test/",
        "/no-such-page/",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.timeout(300)
def test_no_violation_and_no_overflow(browser: Browser, live_server: Any, shown: Product, width: int, scheme: str):
    found = []
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        desk = Desk(context, live_server.url)
        desk.sign_in("admin")
        for path in paths(shown):
            page = desk.open(path)
            found += [(path, violation["id"]) for violation in Axe().run(page).response["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append((path, "wider than the window"))
            if page.locator("h1").count() != 1:
                found.append((path, "not one h1"))
        assert desk.complaints == []
    assert found == []
