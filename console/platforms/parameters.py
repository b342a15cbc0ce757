"""The business parameters of a write, as the form's "what will be sent" and the audit trail show them."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from console.platforms import alibaba, tuya
from console.platforms.dialect import Dialect
from console.platforms.operations import OPERATIONS
from console.platforms.types import Connection, ModuleSpec, Platform, ProductChange, ProductSpec

Spec = TypeVar("Spec", ProductSpec, ProductChange, ModuleSpec)

DIALECTS: Mapping[Platform, Dialect] = MappingProxyType(
    {Platform.ALIBABA: alibaba.DIALECT, Platform.TUYA: tuya.DIALECT}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A call before it is signed; nothing in it is secret."""

    action: str
    method: str
    endpoint: str
    parameters: dict[str, str]


def parameters_of(spec: ProductSpec | ProductChange | ModuleSpec) -> dict[str, str]:
    """Name and spell the parameters as the API does; what is absent is left out.

    For a ProductSpec "" is absent too; for the others it is sent, as it may be meant to empty a text.
    """
    absent = ("", None) if isinstance(spec, ProductSpec) else (None,)
    values = ((field.name, getattr(spec, field.name)) for field in fields(spec))
    return {_api_name(name): _api_value(value) for name, value in values if value not in absent}


def spec_of(kind: type[Spec], parameters: Mapping[str, str]) -> Spec:
    """Read back what `parameters_of` wrote. Raise KeyError or ValueError when it cannot have written it."""
    known = (field for field in fields(kind) if _api_name(field.name) in parameters)
    values: dict[str, Any] = {field.name: _value(field, parameters) for field in known}
    return kind(**values)


def _value(field: Field[Any], parameters: Mapping[str, str]) -> str | int | bool:
    text = parameters[_api_name(field.name)]
    kinds = {field.type, *get_args(field.type)}
    if bool in kinds:
        return {"true": True, "false": False}[text]
    return int(text) if int in kinds else text


def preview(connection: Connection, action: str, spec: ProductSpec | ProductChange | ModuleSpec) -> Preview:
    """Tell what a call of `action` would send. Raise KeyError for an action that does not exist."""
    dialect = DIALECTS[connection.platform]
    return Preview(
        action=action,
        method=dialect.method(connection, OPERATIONS[action]),
        endpoint=connection.endpoint,
        parameters=parameters_of(spec) | dialect.account_parameters(connection),
    )


def _api_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _api_value(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
