"""What a request asks for: one call, read from either signature scheme's way of sending it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from console.sandbox.connection import Request
from console.sandbox.dialects import Dialect
from console.sandbox.errors import GatewayError

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 1000
# RPC v1 name of a common parameter -> the header that carries it in ACS3.
ACS3_HEADERS = {
    "Version": "x-acs-version",
    "Timestamp": "x-acs-date",
    "SignatureNonce": "x-acs-signature-nonce",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: `common` are the common parameters by their RPC v1 names, `parameters` everything sent."""

    dialect: Dialect
    scheme: str
    method: str
    action: str
    response_format: str
    common: dict[str, str]
    parameters: dict[str, str]
    query: dict[str, str]
    signed_headers: tuple[str, ...]
    request: Request

    @property
    def owner(self) -> str:
        """Whose nonces and quota this call uses: the access key, apart for each platform."""
        return f"{self.dialect.name}:{self.common['AccessKeyId']}"


def read_call(request: Request, dialect: Dialect) -> Call:
    """Read the call out of query, form body and headers; raises GatewayError for unreadable parameters."""
    query = _read_fields(request.query)
    parameters = {**query, **_read_form(request)}
    if dialect.acs3 and _is_acs3(request):
        return _read_acs3(request, dialect, query, parameters)
    return Call(
        dialect=dialect,
        scheme="rpc",
        method=request.method,
        action=parameters.get("Action", ""),
        response_format=_read_format(parameters.get("Format", ""), dialect),
        common=parameters,
        parameters=parameters,
        query=query,
        signed_headers=(),
        request=request,
    )


def _is_acs3(request: Request) -> bool:
    return request.headers.get("authorization", "").startswith("ACS3-")


def _read_acs3(request: Request, dialect: Dialect, query: dict[str, str], parameters: dict[str, str]) -> Call:
    headers = request.headers
    method, _, rest = headers["authorization"].partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    common = {name: headers.get(header, "") for name, header in ACS3_HEADERS.items()}
    common |= {
        "AccessKeyId": fields.get("Credential", ""),
        "Signature": fields.get("Signature", ""),
        "SignatureMethod": method,
    }
    return Call(
        dialect=dialect,
        scheme="acs3",
        method=request.method,
        action=headers.get("x-acs-action", ""),
        response_format="JSON",
        common=common,
        parameters=parameters,
        query=query,
        signed_headers=tuple(fields.get("SignedHeaders", "").split(";")),
        request=request,
    )


def _read_format(value: str, dialect: Dialect) -> str:
    # The old Python client sends the text "None" when its caller set no format.
    return value.upper() if value.upper() in ("JSON", "XML") else dialect.default_format


def _read_form(request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", "").lower().startswith(FORM):
        return {}
    return _read_fields(request.body.decode("latin-1"))


def _read_fields(encoded: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(encoded, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise GatewayError("InvalidParameter.Format", "Too many parameters.") from error
