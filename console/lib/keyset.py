"""Keyset paging: a cursor that names the last row seen, so that the last page costs what the first does."""

import base64
import binascii
import json
from dataclasses import dataclass

from console.lib.plaintext import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page begins: the sort values of the row beside it, and the direction to read."""

    values: tuple[str, ...]
    backwards: bool = False

    def encode(self) -> str:
        text = json.dumps([self.backwards, *self.values], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, *, width: int) -> Cursor | None:
    """The cursor in a URL, of `width` sort values; None for anything that is not one."""
    try:
        decoded = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(decoded, list) or len(decoded) != width + 1 or not isinstance(decoded[0], bool):
        return None
    if not all(isinstance(value, str) and storable(value) == value for value in decoded[1:]):
        return None
    return Cursor(values=tuple(decoded[1:]), backwards=decoded[0])
