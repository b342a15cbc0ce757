import pytest

from console.lib.spreadsheet import cell


@pytest.mark.parametrize(
    "text", ["=1+1", "\0=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]
)
def test_what_could_run_begins_with_a_quote(text: str):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Lamp", "1=1", " =1", "灯", "'=1", "a\n=1"])
def test_other_texts_are_as_they_were(text: str):
    assert cell(text) == text


def test_numbers_and_nothing():
    assert (cell(200), cell(-1), cell(None)) == ("200", "'-1", "")
