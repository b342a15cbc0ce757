"""A pack in a real browser: from the filtered trail to a file that proves itself."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from console.models import Account, User
from tests import make
from tests.browser.conftest import WIDTHS, Desk
from tests.security import packs


def test_the_filtered_trail_is_downloaded_and_proved(
    desk: Desk, people: dict[str, User], platforms: tuple[Account, Account], tmp_path: Path
):
    make.entry(people["pm"], target_name="Lamp", action="module.create", account=platforms[0])
    desk.sign_in("auditor")
    page = desk.open("/audit/")
    page.get_by_label("Action").select_option("module.create")
    expect(page.get_by_role("link", name="Evidence pack")).to_have_attribute("href", re.compile("action=module.create"))
    page.get_by_role("link", name="Evidence pack").click()
    button = page.get_by_role("button", name="Download the pack")
    for number in range(2):
        with page.expect_download() as started:
            button.click()
        file = tmp_path / f"{number}.zip"
        started.value.save_as(file)
        assert packs.verify(file).is_proved
        expect(button).to_be_enabled()
    assert [entry["sequence"] for entry in packs.entries(packs.unpack(file.read_bytes(), tmp_path / "pack"))]
    assert not desk.complaints


@pytest.mark.parametrize(("width", "scheme"), [(WIDTHS["desk"], "light"), (WIDTHS["phone"], "dark")])
def test_the_page_is_for_everybody(
    browser: Browser, live_server: Any, people: dict[str, User], width: int, scheme: Any
):
    make.entry(people["pm"], target_name="Lamp")
    found = []
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        desk = Desk(context, live_server.url)
        desk.sign_in("auditor")
        for query in ("person=pm&text=Lamp", "text=nowhere", "since=x"):
            page = desk.open(f"/audit/export/?{query}")
            found += [(query, violation["id"]) for violation in Axe().run(page).response["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append((query, "wider than the window"))
        assert desk.complaints == []
    assert found == []
