"""A real browser in front of a real server: any console error or policy violation fails the test."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from console.models import Account, User
from console.sandbox.server import Sandbox
from console.services.demo import PEOPLE
from console.services.roles import grant
from tests import make

PASSWORD = "a-demo-password-of-tests"
WIDTHS = {"phone": 390, "desk": 1440}

# Chromium logs each answer of 4xx and 5xx to htmx so; the pages show what it was.
EXPECTED = "Failed to load resource"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
    }


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    made = {}
    for name, role in PEOPLE.items():
        made[name] = User.objects.create_user(name, password=PASSWORD)
        grant(made[name], role)
    return made


@pytest.fixture
def platforms(people: dict[str, User], sandbox: Sandbox) -> tuple[Account, Account]:
    return make.account(endpoint=sandbox.url), make.account(platform="tuya", endpoint=sandbox.tuya_url)


class Desk:
    """One person's browser window at the console."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.page: Page = context.new_page()
        self.base = base
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and EXPECTED not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def sign_in(self, name: str) -> Page:
        page = self.open("/auth/login/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(self.base + "/")
        return page


@pytest.fixture
def desk(browser: Browser, live_server: Any, people: dict[str, User]) -> Iterator[Desk]:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        made = Desk(context, live_server.url)
        yield made
        assert made.complaints == []


@pytest.fixture
def another_desk(browser: Browser, live_server: Any, people: dict[str, User]) -> Iterator[Desk]:
    with browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark") as context:
        made = Desk(context, live_server.url)
        yield made
        assert made.complaints == []
