"""Whether a call was signed by the one who holds the secret, and what the gateway says when it was not."""

from __future__ import annotations

from console.sandbox import signatures
from console.sandbox.calls import ACS3_HEADERS, Call
from console.sandbox.errors import GatewayError

# What an ACS3 client may not leave out of its SignedHeaders.
ACS3_SIGNED = ("host", "x-acs-action", "x-acs-content-sha256", *ACS3_HEADERS.values())


def check_signature(call: Call, secret: str) -> None:
    """Raise GatewayError SignatureDoesNotMatch unless the call was signed with this secret."""
    if call.scheme == "rpc":
        _check_rpc(call, secret)
    else:
        _check_acs3(call, secret)


def _check_rpc(call: Call, secret: str) -> None:
    text = signatures.rpc_string_to_sign(call.method, call.parameters)
    if not signatures.matches(signatures.rpc_signature(secret, text), call.common["Signature"]):
        # The old Python client takes what follows the first colon for the string to sign.
        message = f"Specified signature is not matched with our calculation. server string to sign is:{text}"
        raise GatewayError("SignatureDoesNotMatch", message)


def _check_acs3(call: Call, secret: str) -> None:
    unsigned = [name for name in ACS3_SIGNED if name not in call.signed_headers]
    headers = call.request.headers
    canonical = signatures.acs3_canonical_request(
        call.method, call.query, headers, call.signed_headers, call.request.body
    )
    text = signatures.acs3_string_to_sign(canonical)
    expected = signatures.acs3_signature(secret, text)
    if unsigned or not signatures.matches(expected, call.common["Signature"]):
        message = (
            "Specified signature does not match our calculation. "
            f"server StringToSign is [{text}] server CanonicalRequest is [{canonical}]"
        )
        raise GatewayError("SignatureDoesNotMatch", message)
