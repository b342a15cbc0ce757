import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.lib.number_set import NumberSet


@given(numbers=st.lists(st.integers(100, 400)))
def test_it_gives_back_each_number_once_and_in_order(numbers: list[int]):
    kept = NumberSet(numbers, first=100, last=400)
    assert list(kept) == sorted(set(numbers))
    assert len(kept) == len(set(numbers))


def test_a_range_of_one():
    assert list(NumberSet([7], first=7, last=7)) == [7]


def test_what_is_beyond_the_range_is_an_error():
    with pytest.raises(IndexError):
        NumberSet([16], first=0, last=7)


@given(numbers=st.lists(st.integers(100, 400)))
def test_its_bytes_are_all_of_it(numbers: list[int]):
    stored = NumberSet(numbers, first=100, last=400).to_bytes()
    assert list(NumberSet.from_bytes(stored, first=100)) == sorted(set(numbers))
