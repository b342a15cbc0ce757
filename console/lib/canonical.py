"""Canonical JSON: one text for one value, so that a record can be stored, compared and hashed as it stands.

The text is JSON (RFC 8259) narrowed down until nothing is left to choose:

* the keys of each object sorted by code point, each once; no blank and no line break outside of strings;
* strings in UTF-8 as they are; escaped are only `"`, the backslash and U+0000 to U+001F, as `\\b \\f \\n \\r \\t`
  where there is such a short form, else as `\\u00xx` with lower-case digits; no Unicode normalisation;
* numbers are whole, in decimal digits without a leading nought, a plus, a fraction or an exponent;
* `true`, `false` and `null`. No floats, since two writers could spell one apart; moments are strings.

Python's `json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))` writes it. It is not RFC 8785,
which sorts by UTF-16 code units; the two differ for keys beyond the basic plane only, which no record has.
"""

import json
from collections.abc import Mapping


def canonical(record: Mapping[str, object]) -> str:
    """The text of a record. Takes text, whole numbers, booleans, None, lists and mappings of these; anything else, a
    lone surrogate as well, is a TypeError.
    """
    _check(record)
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _check(value: object) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key of a record must be text, not {type(key).__name__}")
            _check_text(key)
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif not (value is None or isinstance(value, int)):
        raise TypeError(f"a record cannot hold {type(value).__name__}")


def _check_text(text: str) -> None:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise TypeError("a record cannot hold half of a surrogate pair") from error
