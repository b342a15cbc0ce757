"""The request that an entry tells of, as it was sent, with placeholders where a secret stood; and how to send the like
with curl, with the vendor's Python SDK and with the vendor's `aliyun` command.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from console.models import Account, Action, AuditEntry, Outcome
from console.platforms import operations
from console.platforms.endpoints import parse_endpoint
from console.platforms.operations import Operation
from console.platforms.parameters import DIALECTS
from console.platforms.signed_request import SignedRequest, sign_request
from console.platforms.signing import encode
from console.platforms.types import Connection, Credentials, Platform, SignatureScheme
from console.services.accounts import connection_of
from console.services.audit import details_of, without_before

KEY_ID, SIGNATURE, NONCE = "ACCESS_KEY_ID", "SIGNATURE", "NONCE"
_NOBODY = Credentials(access_key_id=KEY_ID, access_key_secret="none")  # noqa: S106  signs what nobody could send

# What an action calls, and how the Python SDK names that.
_CALLS: dict[str, tuple[Operation, str]] = {
    Action.PRODUCT_CREATE: (operations.CREATE_PRODUCT, "create_product"),
    Action.PRODUCT_UPDATE: (operations.UPDATE_PRODUCT, "update_product"),
    Action.MODULE_CREATE: (operations.CREATE_OTA_MODULE, "create_otamodule"),
    Action.MODULE_UPDATE: (operations.UPDATE_OTA_MODULE, "update_otamodule"),
    Action.MODULE_DELETE: (operations.DELETE_OTA_MODULE, "delete_otamodule"),
    "product.register": (operations.QUERY_PRODUCT, "query_product"),
    "product.refresh": (operations.QUERY_PRODUCT, "query_product"),
}
_NOT_SENT = {Outcome.DENIED, Outcome.NOT_SENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request without its secrets, by the account's present settings. `python` and `cli` are empty for a platform
    whose vendor has neither.
    """

    action: str
    line: str
    headers: Mapping[str, str]
    body: str
    curl: str
    python: str = ""
    cli: str = ""


def get_request(entry: AuditEntry, account: Account | None) -> Sent | None:
    """The request of an entry; None for one that tells of none, and when the account is gone or cannot be used."""
    if account is None or entry.action not in _CALLS or not _has_left(entry):
        return None
    operation, method = _CALLS[entry.action]
    parameters = without_before(details_of(entry).parameters)
    try:
        connection = connection_of(account)
        signed = sign_request(connection, _NOBODY, operation, parameters, nonce=NONCE, at=entry.at)
    except ValueError:
        return None
    return _sent(connection, operation, method, parameters, signed)


def _has_left(entry: AuditEntry) -> bool:
    """Whether anything was sent: a refusal of the console itself has no answer of the platform."""
    if entry.outcome == Outcome.REFUSED:
        return bool(entry.request_id or details_of(entry).http_status)
    return entry.outcome not in _NOT_SENT


def _sent(
    connection: Connection, operation: Operation, method: str, parameters: Mapping[str, str], signed: SignedRequest
) -> Sent:
    request = _Unsigned(signed)
    account = DIALECTS[connection.platform].account_parameters(connection)
    has_tools = connection.platform is Platform.ALIBABA
    return Sent(
        action=operation.action,
        line=f"{signed.method} {request.target}",
        headers=request.headers,
        body=request.body,
        curl=_curl(connection, signed.method, request),
        python=_python(connection, operation, method, {**parameters, **account}) if has_tools else "",
        cli=_cli(connection, operation, {**parameters, **account}) if has_tools else "",
    )


class _Unsigned:
    """The parts of a signed request with a placeholder for the signature, in whatever spelling."""

    def __init__(self, signed: SignedRequest) -> None:
        self.target = _without_signature(signed.target, signed.signature)
        self.body = _without_signature(signed.body.decode(), signed.signature)
        # Its length tells of a signature that is not there.
        headers = {name: value for name, value in signed.headers.items() if name.lower() != "content-length"}
        self.headers = {name: _without_signature(value, signed.signature) for name, value in headers.items()}


def _without_signature(text: str, signature: str) -> str:
    return text.replace(signature, SIGNATURE).replace(encode(signature), SIGNATURE)


def _curl(connection: Connection, method: str, request: _Unsigned) -> str:
    words = [f"curl -X {method} {shlex.quote(connection.endpoint + request.target)}"]
    words += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers.items() if name != "host"]
    words += [f"--data {shlex.quote(request.body)}"] if request.body else []
    return " \\\n  ".join(words)


def _python(connection: Connection, operation: Operation, method: str, parameters: Mapping[str, str]) -> str:
    scheme = '    signature_algorithm="v2",\n' if connection.scheme is SignatureScheme.RPC_V1 else ""
    values = "".join(f"    {name!r}: {value!r},\n" for name, value in parameters.items())
    return f"""\
# pip install alibabacloud-iot20180120
import os

from alibabacloud_iot20180120 import models
from alibabacloud_iot20180120.client import Client
from alibabacloud_tea_openapi.models import Config

client = Client(Config(
    access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
    access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
    endpoint={_authority(connection)!r},
{scheme}))
request = models.{operation.action}Request().from_map({{
{values}}})
print(client.{method}(request).body.to_map())
"""


def _cli(connection: Connection, operation: Operation, parameters: Mapping[str, str]) -> str:
    words = [f"aliyun iot {operation.action}"]
    words += [f"{shlex.quote(f'--{name}')} {shlex.quote(value)}" for name, value in parameters.items()]
    words += [f"--region {shlex.quote(connection.region)}"] if connection.region else []
    words += [f"--endpoint {shlex.quote(_authority(connection))}"]
    words += [f"--access-key-id {KEY_ID}", "--access-key-secret ACCESS_KEY_SECRET"]
    return " \\\n  ".join(words)


def _authority(connection: Connection) -> str:
    return parse_endpoint(connection.endpoint).authority
