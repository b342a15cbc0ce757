"""The two signatures: RPC v1 (HMAC-SHA1) and ACS3 (HMAC-SHA256). Pure functions of text."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote

ACS3_ALGORITHM = "ACS3-HMAC-SHA256"


def encode(text: str) -> str:
    """Percent-encode UTF-8; only letters, digits and `-_.~` stay (Alibaba: Signature method, step 1)."""
    return quote(text, safe="~")


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Join encoded parameters, sorted by their names. The same text is signed and sent."""
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(parameters.items()))


def rpc_v1_string_to_sign(method: str, parameters: Mapping[str, str]) -> str:
    """The text that RPC v1 signs: all parameters but Signature (Alibaba: Signature method, step 2)."""
    return f"{method}&%2F&{encode(canonical_query(parameters))}"


def rpc_v1_signature(string_to_sign: str, access_key_secret: str) -> str:
    """Base64 of HMAC-SHA1 under the secret with a `&` behind it (Alibaba: Signature method, step 3)."""
    key = f"{access_key_secret}&".encode()
    return b64encode(hmac.digest(key, string_to_sign.encode(), "sha1")).decode("ascii")


def acs3_canonical_request(method: str, query: str, headers: Mapping[str, str], payload_hash: str) -> str:
    """The canonical request; `headers` are those signed, in lower case (Alibaba: V3 signature, step 1)."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    return f"{method}\n/\n{query}\n{lines}\n{';'.join(names)}\n{payload_hash}"


def acs3_string_to_sign(canonical_request: str) -> str:
    """The text that ACS3 signs (Alibaba: V3 signature, step 2)."""
    return f"{ACS3_ALGORITHM}\n{sha256_hex(canonical_request.encode())}"


def acs3_signature(string_to_sign: str, access_key_secret: str) -> str:
    """Hex of HMAC-SHA256 under the bare secret (Alibaba: V3 signature, step 3)."""
    return hmac.digest(access_key_secret.encode(), string_to_sign.encode(), "sha256").hex()


def sha256_hex(payload: bytes) -> str:
    """The hash of a body as `x-acs-content-sha256` carries it."""
    return sha256(payload).hexdigest()
