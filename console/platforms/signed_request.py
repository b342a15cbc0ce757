"""One request, signed and ready to leave: what goes on the wire is exactly what was signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.platforms import signing
from console.platforms.dialect import API_VERSION
from console.platforms.endpoints import parse_endpoint
from console.platforms.operations import Operation
from console.platforms.parameters import DIALECTS
from console.platforms.types import Connection, Credentials, SignatureScheme

# Compressed answers are not asked for: a small one could unfold into a huge one.
_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "ota-console"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A request for one use; `target` is path and query. All but the method may hold keys or signatures."""

    method: str
    target: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    signature: str = field(repr=False)


def sign_request(
    connection: Connection,
    credentials: Credentials,
    operation: Operation,
    parameters: Mapping[str, str],
    *,
    nonce: str,
    at: datetime,
) -> SignedRequest:
    """Sign a call of `operation` at the aware time `at` (docs/protocol.md, "Signing")."""
    dialect = DIALECTS[connection.platform]
    method = dialect.method(connection, operation)
    sent = {**parameters, **dialect.account_parameters(connection)}
    stamp = _Stamp(operation.action, nonce, at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    host = parse_endpoint(connection.endpoint).authority
    if connection.scheme is SignatureScheme.ACS3:
        return _acs3(method, sent, stamp, host, credentials)
    sent |= dialect.rpc_parameters(connection)
    return _rpc_v1(method, sent, stamp, host, credentials)


@dataclass(frozen=True, slots=True)
class _Stamp:
    action: str
    nonce: str
    timestamp: str


def _rpc_v1(
    method: str, parameters: Mapping[str, str], stamp: _Stamp, host: str, credentials: Credentials
) -> SignedRequest:
    signed = {**parameters, **_common_parameters(stamp, credentials.access_key_id)}
    string_to_sign = signing.rpc_v1_string_to_sign(method, signed)
    signature = signing.rpc_v1_signature(string_to_sign, credentials.access_key_secret)
    form = f"{signing.canonical_query(signed)}&Signature={signing.encode(signature)}"
    if method == "GET":
        headers = {**_HEADERS, "host": host}
        return SignedRequest(method=method, target=f"/?{form}", headers=headers, body=b"", signature=signature)
    # A body, not the query: address lines end up in the logs of every proxy and gateway on the way.
    headers = {**_HEADERS, "host": host, "content-type": "application/x-www-form-urlencoded"}
    body = form.encode("ascii")
    headers["Content-Length"] = str(len(body))
    return SignedRequest(method=method, target="/", headers=headers, body=body, signature=signature)


def _common_parameters(stamp: _Stamp, access_key_id: str) -> dict[str, str]:
    return {
        "Action": stamp.action,
        "Version": API_VERSION,
        "Format": "JSON",
        "AccessKeyId": access_key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": stamp.nonce,
        "Timestamp": stamp.timestamp,
    }


def _acs3(
    method: str, parameters: Mapping[str, str], stamp: _Stamp, host: str, credentials: Credentials
) -> SignedRequest:
    query = signing.canonical_query(parameters)
    payload_hash = signing.sha256_hex(b"")
    signed = {"host": host, **_acs_headers(stamp, payload_hash)}
    canonical = signing.acs3_canonical_request(method, query, signed, payload_hash)
    signature = signing.acs3_signature(signing.acs3_string_to_sign(canonical), credentials.access_key_secret)
    headers = {**_HEADERS, **signed, "authorization": _authorization(credentials, signed, signature)}
    if method == "POST":
        headers["Content-Length"] = "0"
    target = f"/?{query}" if query else "/"
    return SignedRequest(method=method, target=target, headers=headers, body=b"", signature=signature)


def _acs_headers(stamp: _Stamp, payload_hash: str) -> dict[str, str]:
    return {
        "x-acs-action": stamp.action,
        "x-acs-version": API_VERSION,
        "x-acs-date": stamp.timestamp,
        "x-acs-signature-nonce": stamp.nonce,
        "x-acs-content-sha256": payload_hash,
    }


def _authorization(credentials: Credentials, signed: Mapping[str, str], signature: str) -> str:
    names = ";".join(sorted(signed))
    key_id = credentials.access_key_id
    return f"{signing.ACS3_ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
