"""Settling many at once: ticked one by one, or all with one tick."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from console.models import Account, DriftItem, DriftState, User
from tests import make
from tests.browser.conftest import Desk


@pytest.fixture
def found(people: dict[str, User], platforms: tuple[Account, Account]) -> None:
    for number in range(3):
        make.drift_item(make.cached_product(platforms[0], f"Lamp_{number}"))


def states() -> list[str]:
    return list(DriftItem.objects.order_by("product__product_name").values_list("state", flat=True))


def test_one_tick_takes_all_and_another_leaves_one_out(desk: Desk, found: None):
    page = desk.sign_in("pm")
    page.goto(desk.base + "/drift/")
    page.get_by_label("all of these").check()
    page.get_by_label("Tick Lamp_1, new").uncheck()
    page.get_by_role("button", name="Accept the ticked").click()
    page.get_by_text("2 accepted").wait_for()
    assert states() == [DriftState.ACCEPTED, DriftState.OPEN, DriftState.ACCEPTED]


def test_without_javascript_items_are_ticked_claimed_and_ignored(browser: Browser, live_server: Any, found: None):
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}) as context:
        desk = Desk(context, live_server.url)
        page = desk.sign_in("pm")
        page.goto(desk.base + "/drift/")
        page.get_by_label("Tick Lamp_0, new").check()
        page.get_by_role("button", name="Accept the ticked").click()
        page.get_by_role("link", name="Lamp_1").click()
        page.get_by_text("Claim it for somebody").click()
        page.locator("#claim_person").select_option(label="viewer")
        page.locator("#claim_reason").fill("She said so.")
        page.get_by_role("button", name="Claim").click()
        page.get_by_role("link", name="Lamp_2").click()
        page.get_by_text("Ignore it").click()
        page.get_by_role("button", name="Ignore").click()
        page.get_by_text("Lamp_2: ignored").wait_for()
    assert states() == [DriftState.ACCEPTED, DriftState.CLAIMED, DriftState.IGNORED]
