"""Somebody at a browser without JavaScript: signs in, fills in the forms that the pages show, and sends them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import requests

WAIT_S = 60


class FormReader(HTMLParser):
    """What a browser would send of the page's form that has a token of its own, as it stands."""

    def __init__(self, marker: str) -> None:
        super().__init__()
        self._marker = marker
        self._fields: dict[str, str] | None = None
        self._select = ""
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
        elif tag == "select":
            self._select = given.get("name", "")
        elif self._fields is not None:
            self._read(tag, given)

    def _read(self, tag: str, given: Mapping[str, str]) -> None:
        fields = self._fields if self._fields is not None else {}
        if tag == "input" and "name" in given:
            if given.get("type") not in {"radio", "checkbox"} or "checked" in given:
                fields[given["name"]] = given.get("value", "")
        elif tag == "option" and ("selected" in given or self._select not in fields):
            fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._fields is not None:
            if self._marker in self._fields:
                self.found = self._fields
            self._fields = None


def read_form(page: str, marker: str) -> dict[str, str]:
    """The fields of the form that holds a field named `marker`."""
    reader = FormReader(marker)
    reader.feed(page)
    if not reader.found:
        raise LookupError(f"no form with {marker} on the page:\n{page[:3000]}")
    return reader.found


@dataclass(slots=True)
class Person:
    """One signed-in browser; `pages` keeps what it was shown."""

    base: str
    username: str
    session: requests.Session = field(default_factory=requests.Session)
    pages: list[str] = field(default_factory=list)

    def sign_in(self, password: str) -> None:
        form = self.form("/auth/login/", "login")
        answer = self.send("/auth/login/", form | {"login": self.username, "password": password})
        if answer.status_code != 302:
            raise RuntimeError(f"{self.username} cannot sign in: {answer.status_code} {answer.text[:2000]}")

    def another_browser(self) -> "Person":
        """The same sign-in, usable beside this one."""
        other = Person(self.base, self.username, pages=self.pages)
        other.session.cookies.update(self.session.cookies)
        return other

    def get(self, path: str) -> requests.Response:
        answer = self.session.get(f"{self.base}{path}", timeout=WAIT_S, headers={"Connection": "close"})
        self.pages.append(answer.text)
        return answer

    def form(self, path: str, marker: str = "form_token") -> dict[str, str]:
        """Open a page and take its form as it stands."""
        answer = self.get(path)
        answer.raise_for_status()
        return read_form(answer.text, marker)

    def send(self, path: str, form: Mapping[str, str], *, wait_s: float = WAIT_S) -> requests.Response:
        """Send a form; the answer is not followed."""
        answer = self.session.post(
            f"{self.base}{path}",
            data=dict(form),
            timeout=wait_s,
            allow_redirects=False,
            headers={"Referer": f"{self.base}{path}", "Connection": "close"},
        )
        self.pages.append(answer.text)
        return answer

    def fill_in(self, path: str, **typed: str) -> requests.Response:
        """Open a form, type this into it, send it."""
        return self.send(path, self.form(path) | typed)

    def post(self, path: str) -> requests.Response:
        """Press a button that has a form of its own, with no field but the page's CSRF token."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("/").text)
        return self.send(path, {"csrfmiddlewaretoken": token[1] if token else ""})
