"""Canonical JSON: one text for one value, so that a record can be stored, compared and hashed as it stands."""

import json
from collections.abc import Mapping


def canonical(record: Mapping[str, object]) -> str:
    """The text of a record: keys sorted, no blanks, UTF-8 as it is. Takes text, whole numbers, booleans, None,
    lists and mappings of these; a float or any other type is a TypeError, since two writers could spell it apart.
    """
    _check(record)
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _check(value: object) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key of a record must be text, not {type(key).__name__}")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"a record cannot hold {type(value).__name__}")
