"""Whether the browser tests can run here."""

import pytest

from bin.tools import browser

LIBC = "libc.so.6"


@pytest.fixture
def chromium(tmp_path, monkeypatch):
    program = tmp_path / "chromium"
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return str(program)


def test_both_are_there(chromium):
    assert browser.find_program(LIBC) == chromium


@pytest.mark.usefixtures("chromium")
def test_a_missing_library_is_like_a_missing_browser():
    assert browser.find_program("libnobody-has-this.so.0") is None


def test_no_browser(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find_program(LIBC) is None
