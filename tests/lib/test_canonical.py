import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.lib.canonical import canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.text(), VALUES, max_size=4)


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({}, "{}"),
        ({"b": 1, "a": None}, '{"a":null,"b":1}'),
        ({"名": '灯 "x"', "é": True}, '{"é":true,"名":"灯 \\"x\\""}'),
        ({"list": [1, "2", {"z": 0, "y": 0}], "tuple": ()}, '{"list":[1,"2",{"y":0,"z":0}],"tuple":[]}'),
        ({"lines": "a\nb\t\x00"}, '{"lines":"a\\nb\\t\\u0000"}'),
        ({"B": 1, "a": 2, "_": 3}, '{"B":1,"_":3,"a":2}'),
        ({"x": "\x1f\x7f\b\f\r/\\\u2028"}, '{"x":"\\u001f\x7f\\b\\f\\r/\\\\\u2028"}'),
        ({"e\u0301": -10, "é": 0}, '{"e\u0301":-10,"é":0}'),
    ],
)
def test_one_value_has_one_text(record: dict[str, object], text: str):
    assert canonical(record) == text


@given(RECORDS)
def test_the_text_is_json_of_the_same_value(record: dict[str, object]):
    assert json.loads(canonical(record)) == record


@given(RECORDS)
def test_the_order_in_which_a_record_was_filled_does_not_show(record: dict[str, object]):
    assert canonical(dict(reversed(record.items()))) == canonical(record)


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), b"x", "\ud800", {"\udfff": 1}, object(), {1, 2}, [[0.5]], {"deep": {"er": 0.5}}, {1: "x"}],
)
def test_what_two_writers_could_spell_apart_is_refused(value: object):
    with pytest.raises(TypeError, match=r"a record cannot hold|a key of a record"):
        canonical({"value": value})
