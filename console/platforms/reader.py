"""Typed reading of one decoded object: absent is "" or None, the wrong type is an error."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from console.platforms.decode import MalformedError, Object

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
# What fits every database's whole numbers.
_MAX_NUMBER = 10**18
# 2020-10-13T09:46Z, with seconds or milliseconds; one table prints a blank before the T.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d ?T\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reader:
    """Reads the fields of one object; every method raises MalformedError naming the field."""

    def __init__(self, fields: Object) -> None:
        self._fields = fields

    def raw(self, name: str) -> Any:
        """The value as decoded, or None when it is absent."""
        return self._fields.get(name.lower())

    def text(self, name: str) -> str:
        """Text, "" when it is absent."""
        value = self._fields.get(name.lower())
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        raise _unexpected(name)

    def text_or_number(self, name: str) -> str:
        """Text, or a whole number as its text."""
        value = self.raw(name)
        return str(value) if _is_int(value) else self.text(name)

    def needed_text(self, name: str) -> str:
        """Text that must be there."""
        value = self.text(name)
        if not value:
            raise MalformedError(f"The answer lacks {name}.")
        return value

    def number(self, name: str) -> int | None:
        """A whole number, also one spelled as text."""
        value = self.raw(name)
        if value is None or value == "":
            return None
        if _is_int(value) and abs(value) < _MAX_NUMBER:
            return int(value)
        if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
            return int(value)
        raise _unexpected(name)

    def needed_number(self, name: str) -> int:
        """A whole number, not negative, that must be there."""
        value = self.number(name)
        if value is None or value < 0:
            raise MalformedError(f"The answer lacks {name}.")
        return value

    def flag(self, name: str) -> bool | None:
        """A truth value, also one spelled as text in any case."""
        value = self.raw(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        raise _unexpected(name)

    def moment(self, name: str) -> datetime | None:
        """A time in UTC: milliseconds since 1970, or text in one of the published forms."""
        value = self._fields.get(name.lower())
        if value is None or value == "":
            return None
        if isinstance(value, str) and not value.isdigit():
            return _text_moment(name, value)
        return _epoch_moment(name, self.needed_number(name))


def _text_moment(name: str, text: str) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise _unexpected(name)
    try:
        return datetime.fromisoformat(text.replace(" ", ""))
    except ValueError:
        raise _unexpected(name) from None


def _epoch_moment(name: str, milliseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        raise _unexpected(name) from None


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _unexpected(name: str) -> MalformedError:
    return MalformedError(f"The answer's {name} is not of a kind that is known.")
