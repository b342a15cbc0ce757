"""The chain of the audit trail: each entry's hash covers its record and all entries before it.

All hashes are SHA-256, written in lower-case hexadecimal. Anybody can compute them again; the seal needs the key.
"""

import hashlib
import hmac

# What stands before the first entry.
GENESIS = "0" * 64


def record_hash(record: str) -> str:
    """The hash of a record's UTF-8 bytes."""
    return hashlib.sha256(record.encode()).hexdigest()


def chain_hash(previous: str, of_record: str) -> str:
    """The hash of the previous entry's chain hash followed by this record's hash, 32 bytes each."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(of_record)).hexdigest()


def seal(key: bytes, of_chain: str) -> str:
    """HMAC-SHA-256 of the 32 bytes of a chain hash: who cannot read the key cannot make one."""
    return hmac.new(key, bytes.fromhex(of_chain), hashlib.sha256).hexdigest()
