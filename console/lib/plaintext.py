"""Making foreign text safe to store, log and show."""

import unicodedata


def storable(text: str) -> str:
    """Replace what no database or UTF-8 file takes: half surrogate pairs and NUL."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def one_line(text: str, limit: int) -> str:
    """Make text of at most `limit` characters without line breaks, control or direction characters."""
    if text.isascii() and text.isprintable():
        return text[:limit].strip()
    visible = (" " if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} else char for char in text[:limit])
    return storable("".join(visible)).strip()
