"""Ed25519 signatures, in base64, that outsiders can check: of anchors, archives and evidence packs."""

from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(settings.AUDIT_SIGNING_KEY)


def public_key() -> str:
    """The 32 bytes that belong to AUDIT_SIGNING_KEY."""
    return b64encode(_key().public_key().public_bytes_raw()).decode()


def sign(text: str) -> str:
    """The signature of a text's UTF-8 bytes, after RFC 8032."""
    return b64encode(_key().sign(text.encode())).decode()


def is_signed(text: str, signature: str) -> bool:
    """Whether this installation's key signed the text; whatever else stands there is not a signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(public_key()))
        key.verify(b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
