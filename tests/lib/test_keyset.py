import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.lib.keyset import Cursor, decode

STORABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(st.lists(STORABLE, min_size=1, max_size=4), st.booleans())
def test_a_cursor_survives_its_way_through_a_url(values: list[str], backwards: bool):
    cursor = Cursor(values=tuple(values), backwards=backwards)
    text = cursor.encode()
    assert decode(text, width=len(values)) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


@given(st.text())
def test_garbage_is_no_cursor(text: str):
    assert decode(text, width=2) is None


@given(st.binary())
def test_garbage_in_base64_is_no_cursor(raw: bytes):
    assert decode(base64.urlsafe_b64encode(raw).decode(), width=2) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "text",
        {},
        [],
        [True],
        [True, "a"],
        [True, "a", "b", "c"],
        [1, "a", "b"],
        [True, "a", 1],
        [True, "a", None],
        [True, "a", "\0"],
        [True, "a", "\ud800"],
    ],
)
def test_a_cursor_of_another_make_is_none(value: object):
    assert decode(base64.urlsafe_b64encode(json.dumps(value).encode()).decode(), width=2) is None


def test_a_cursor_nested_beyond_measure_is_none():
    text = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    assert decode(text, width=2) is None
