"""A client with nothing hidden: builds, signs and sends one call so that tests can spoil any part of it."""

import hashlib
import http.client
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from console.sandbox import signatures

KEY, SECRET = "sandbox-id", "sandbox-secret"
READS = ("Query", "List", "Get")


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def text(self) -> str:
        return self.body.decode()


def send(url: str, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers.get("Content-Type", ""), response.read())
    finally:
        connection.close()


def timestamp(moment: datetime | None = None) -> str:
    return (moment or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def rpc_parameters(method: str, parameters: dict[str, str | None], secret: str = SECRET) -> dict[str, str]:
    """Sign RPC v1 parameters; those that are None are left out."""
    everything = {
        "AccessKeyId": KEY,
        "Format": "JSON",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": uuid.uuid4().hex,
        "SignatureVersion": "1.0",
        "Timestamp": timestamp(),
        "Version": "2018-01-20",
        **parameters,
    }
    sent = {name: value for name, value in everything.items() if value is not None}
    text = signatures.rpc_string_to_sign(method, sent)
    return {"Signature": signatures.rpc_signature(secret, text), **sent}


class Caller:
    """Calls one dialect's port by RPC v1."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, action: str, method: str = "", secret: str = SECRET, **parameters: str | None) -> Answer:
        method = method or ("GET" if action.startswith(READS) else "POST")
        signed = rpc_parameters(method, {"Action": action, **parameters}, secret)
        return send(self.url, method, f"/?{signatures.canonical_query(signed)}")

    def ok(self, action: str, **parameters: str | None) -> Any:
        """Call and return the JSON of what must be a success."""
        answer = self.call(action, **parameters)
        content = answer.json()
        assert answer.status == 200, content
        assert content.get("Success", content.get("success")) is True, content
        return content

    def refusal(self, action: str, **parameters: str | None) -> str:
        """Call and return the code of what must be a business failure, HTTP 200."""
        answer = self.call(action, **parameters)
        content = answer.json()
        assert answer.status == 200, content
        assert content["Success"] is False
        assert content["ErrorMessage"]
        return content["Code"]

    def product(self, name: str = "Lamp", **parameters: str | None) -> str:
        """Create a product and return its key."""
        sent = {"ProductName": name, "NodeType": "0", **parameters}
        return self.ok("CreateProduct", **sent)["ProductKey"]


def acs3_headers(method: str, action: str, query: dict[str, str], body: bytes = b"", **changes: str | None):
    """Return signed ACS3 headers; `changes` replace or drop (None) headers before signing."""
    headers = {
        "host": "127.0.0.1",
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-date": timestamp(),
        "x-acs-signature-nonce": uuid.uuid4().hex,
        "x-acs-version": "2018-01-20",
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in headers.items() if value is not None}
    signed = sorted(headers)
    canonical = signatures.acs3_canonical_request(method, query, headers, signed, body)
    signature = signatures.acs3_signature(SECRET, signatures.acs3_string_to_sign(canonical))
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={KEY},SignedHeaders={';'.join(signed)},Signature={signature}"
    )
    return headers
