import pytest

from console.templatetags.quota import wait_words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "at once"), (0.2, "about 1 s"), (1.0, "about 1 s"), (3.4, "about 4 s")]
)
def test_a_wait_in_words(seconds: float, words: str):
    assert wait_words(seconds) == words
