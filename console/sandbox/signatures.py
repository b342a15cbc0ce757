"""The two signature schemes, as a server recomputes them: pure functions of what arrived."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import quote

ACS3 = "ACS3-HMAC-SHA256"


def encode(text: str) -> str:
    """Percent-encode UTF-8 text, keeping only the unreserved characters of RFC 3986."""
    return quote(text, safe="~")


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Return the encoded parameters sorted by their raw names (Alibaba: Signature method)."""
    return "&".join(f"{encode(name)}={encode(parameters[name])}" for name in sorted(parameters))


def rpc_string_to_sign(method: str, parameters: Mapping[str, str]) -> str:
    """Return the text an RPC v1 client signs: every parameter but Signature (Alibaba: Signature method)."""
    signed = {name: value for name, value in parameters.items() if name != "Signature"}
    return f"{method}&{encode('/')}&{encode(canonical_query(signed))}"


def rpc_signature(secret: str, string_to_sign: str) -> str:
    """Return the base64 HMAC-SHA1 under the access key secret followed by `&`."""
    digest = hmac.new(f"{secret}&".encode(), string_to_sign.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def acs3_canonical_request(
    method: str, query: Mapping[str, str], headers: Mapping[str, str], signed: Iterable[str], body: bytes
) -> str:
    """Return the canonical request of ACS3 for path `/` (Alibaba: V3 request body and signature mechanism).

    `headers` have lower-case names, `signed` is the client's own SignedHeaders list in its own order. The
    hash is taken from the body that arrived, not from the header that claims it.
    """
    names = list(signed)
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
    hashed = hashlib.sha256(body).hexdigest()
    return "\n".join((method, "/", canonical_query(query), lines, ";".join(names), hashed))


def acs3_string_to_sign(canonical_request: str) -> str:
    """Return the algorithm's name and the hash of the canonical request."""
    return f"{ACS3}\n{hashlib.sha256(canonical_request.encode()).hexdigest()}"


def acs3_signature(secret: str, string_to_sign: str) -> str:
    """Return the hexadecimal HMAC-SHA256 under the access key secret as it is."""
    return hmac.new(secret.encode(), string_to_sign.encode(), hashlib.sha256).hexdigest()


def matches(expected: str, given: str) -> bool:
    """Compare two signatures in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode())
