"""The chain of the audit trail: each entry's hash covers its record and all entries before it.

    record_hash = SHA-256(record in UTF-8)
    chain_hash  = SHA-256(chain_hash of the entry before, 32 bytes || record_hash, 32 bytes)
    seal        = HMAC-SHA-256(key, chain_hash, 32 bytes)

All are written in lower-case hexadecimal. Anybody can compute the first two again; the seal needs the key. An anchor
signs the text of `anchor_text` with Ed25519, so that whoever has the public key can check it.
"""

from __future__ import annotations

import hashlib
import hmac

from console.lib.canonical import canonical

# What stands before the first entry.
GENESIS = "0" * 64
_BLOCK_BYTES = 64


def record_hash(record: str) -> str:
    """The hash of a record's UTF-8 bytes."""
    return hashlib.sha256(record.encode()).hexdigest()


def chain_hash(previous: str, of_record: str) -> str:
    """The hash of the previous entry's chain hash followed by this record's hash, 32 bytes each."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(of_record)).hexdigest()


def seal(key: bytes, of_chain: str) -> str:
    """HMAC-SHA-256 of the 32 bytes of a chain hash: who cannot read the key cannot make one."""
    return hmac.new(key, bytes.fromhex(of_chain), hashlib.sha256).hexdigest()


def sealing_hashes(key: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    """For very many seals of one key (32 bytes): a copy of the first, updated with a chain hash in bytes, digests to
    what a copy of the second has to be updated with, and that one to the seal.
    """
    # HMAC after RFC 2104, with the key's two blocks hashed once: a tenth of hmac.new(), which a million entries feel.
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key.ljust(_BLOCK_BYTES, b"\0")))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key.ljust(_BLOCK_BYTES, b"\0")))
    return inner, outer


def anchor_text(*, sequence: int, chain_hash: str, at: str) -> str:
    """What an anchor signs: canonical JSON of its number, its hash and its moment (ISO 8601 with microseconds, UTC)."""
    return canonical({"at": at, "chain_hash": chain_hash, "sequence": sequence})
