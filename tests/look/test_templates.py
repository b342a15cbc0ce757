import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT / "templates")) for path in paths]


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_nothing_in_a_template_breaks_the_content_security_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|data:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    assert set(re.findall(r"icons\.svg' %}#([\w-]+)", path.read_text())) <= SYMBOLS


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_every_writing_form_carries_a_token(path: Path) -> None:
    for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.DOTALL):
        assert "{% csrf_token %}" in form


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 502, 503])
def test_htmx_shows_the_answers_that_explain_themselves(status: int) -> None:
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", (ROOT / "templates" / "base.html").read_text())
    assert found
    handling = json.loads(found[1])["responseHandling"]
    first = next(rule for rule in handling if re.search(rule["code"], str(status)))
    assert first["swap"] is True
