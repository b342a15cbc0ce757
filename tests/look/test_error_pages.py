import pytest
from django.template import loader

PAGES = [400, 403, 404, 413, 500]


@pytest.mark.parametrize("status", PAGES)
def test_error_page_needs_no_context_and_no_database(status: int) -> None:
    html = loader.get_template(f"{status}.html").render()
    assert f"Error {status}" in html
    assert '<a class="button button-primary"' in html


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_error_page_says_that_nothing_was_changed(status: int) -> None:
    assert "Nothing was changed and nothing was sent" in loader.get_template(f"{status}.html").render()


def test_failure_does_not_promise_what_it_cannot_know() -> None:
    html = loader.get_template("500.html").render()
    assert "Nothing was changed" not in html
    assert "the operations say whether it reached the platform" in html
