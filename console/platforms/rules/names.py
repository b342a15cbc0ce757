"""How names are measured and which characters they are made of."""

import string
import unicodedata
from collections.abc import Iterable

ASCII_WORD = frozenset(string.ascii_letters + string.digits)

# The CJK ideograph blocks: unified, extension A, compatibility, and the planes of the other extensions.
_IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


def product_name_length(name: str) -> int:
    """Length as the platform counts it: one Chinese character is two (Alibaba: CreateProduct, ProductName).

    Which other characters count as two is not published; all outside ASCII do here.
    """
    return sum(1 if char.isascii() else 2 for char in name)


def fold(name: str) -> str:
    """The form in which two module names are the same (Alibaba: CreateOTAModule, ModuleName)."""
    return name.casefold()


def is_ideograph(char: str) -> bool:
    """Whether it is a Chinese character."""
    return any(first <= ord(char) <= last for first, last in _IDEOGRAPHS)


def is_foreign_letter(char: str) -> bool:
    """Whether it is a letter or digit that the documents neither name nor exclude, like kana or an accent."""
    return not char.isascii() and unicodedata.category(char)[0] in "LMN" and not is_ideograph(char)


def spelled(characters: Iterable[str]) -> str:
    """Show characters in a message, each once, in order, the invisible ones by their name."""
    return ", ".join(_spelled(char) for char in dict.fromkeys(characters))


def _spelled(char: str) -> str:
    if char == " ":
        return "a blank"
    return f"“{char}”" if char.isprintable() else f"U+{ord(char):04X}"
