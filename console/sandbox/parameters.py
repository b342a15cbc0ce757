"""Reads the parameters of one call, all of which travel as text."""

from __future__ import annotations

from collections.abc import Mapping

from console.sandbox.errors import invalid_parameter


def read_text(parameters: Mapping[str, str], name: str) -> str | None:
    """Return the value, or None when it is absent or blank."""
    return parameters.get(name) or None


def read_integer(parameters: Mapping[str, str], name: str) -> int | None:
    """Return the value as a number, or None when it is absent or blank.

    Raises GatewayError `Invalid{Param}` for anything that is not a plain decimal number.
    """
    value = parameters.get(name)
    if not value:
        return None
    if not value.isascii() or not value.removeprefix("-").isdigit() or len(value) > 18:
        raise invalid_parameter(name)
    return int(value)


def read_boolean(parameters: Mapping[str, str], name: str) -> bool | None:
    """Return the value as a truth value, in any letter case: clients send `False` as well as `false`.

    Raises GatewayError `Invalid{Param}` for anything else.
    """
    value = parameters.get(name)
    if not value:
        return None
    if value.lower() not in ("true", "false"):
        raise invalid_parameter(name)
    return value.lower() == "true"
