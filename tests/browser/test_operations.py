"""Settling what is open, in a browser: a page that follows must not take away what somebody types."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from console.models import Account, Operation, OperationState, User
from tests import make
from tests.browser.conftest import Desk
from tests.views.ledger_rows import operation

REASON = "Not needed any more"


@pytest.fixture
def lost(people: dict[str, User], platforms: tuple[Account, Account]) -> Operation:
    """An unknown one whose request can be nowhere any more."""
    product = make.cached_product(platforms[0])
    sent_at = timezone.now() - timedelta(minutes=1)
    return operation(product, people["pm"], "ble", OperationState.UNKNOWN, sent_at=sent_at)


def test_what_is_typed_stays_while_the_list_behind_it_changes(desk: Desk, lost: Operation):
    page = desk.sign_in("pm")
    page.goto(desk.base + "/operations/")
    page.get_by_role("link", name="Abandon: ble").click()
    page.get_by_role("textbox", name="Reason").fill(REASON)
    Operation.objects.filter(pk=lost.pk).update(finding="It is nowhere to be seen.", looks=1)
    page.get_by_text("It is nowhere to be seen.").wait_for()
    assert page.get_by_role("textbox", name="Reason").input_value() == REASON
    page.get_by_role("button", name="Abandon it").click()
    page.get_by_text("How it ended").wait_for()
    lost.refresh_from_db()
    assert (lost.state, lost.reason) == (OperationState.ABANDONED, REASON)


def test_the_keyboard_stays_where_it_is_when_the_list_changes(desk: Desk, lost: Operation):
    page = desk.sign_in("pm")
    page.goto(desk.base + "/operations/")
    button = page.get_by_role("button", name="Look again: ble")
    button.focus()
    Operation.objects.filter(pk=lost.pk).update(finding="It is nowhere to be seen.", looks=1)
    page.get_by_text("It is nowhere to be seen.").wait_for()
    assert button.evaluate("button => button === document.activeElement")


def test_it_can_be_given_up_without_javascript(browser: Browser, live_server: Any, lost: Operation):
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}) as context:
        desk = Desk(context, live_server.url)
        page = desk.sign_in("pm")
        page.goto(desk.base + "/operations/")
        page.get_by_role("link", name="Abandon: ble").click()
        page.locator("#abandon summary").click()
        page.locator("#abandon").get_by_label("Reason").fill(REASON)
        page.locator("#abandon").get_by_role("button", name="Abandon it").click()
        page.get_by_text("How it ended").wait_for()
        page.get_by_text(REASON).first.wait_for()
