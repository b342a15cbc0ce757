"""Cells for spreadsheets, which take some texts for formulas and run them."""

# With the full-width signs, which some spreadsheets read as their narrow twins.
_FORMULA = frozenset("=+-@\0\t\r\n＝＋－＠")
BYTE_ORDER_MARK = "\ufeff"


def cell(value: object) -> str:
    """The text of a cell: one that a spreadsheet could run begins with a quote instead, None is empty."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in _FORMULA else text
