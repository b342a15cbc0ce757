"""Passwords that came out in breaches elsewhere, looked up in a file on this machine: no password, and no part of its
hash, is sent anywhere.

The file is what the downloader of Have I Been Pwned writes: a line for each password, the SHA-1 in hexadecimal and
perhaps `:` and a count, in the order of the hashes.
"""

import logging
from hashlib import sha1
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError

from console.models import User

HASH_LENGTH = 40
logger = logging.getLogger(__name__)


class BreachedPasswordsValidator:
    """Refuses a password that the file at `path` lists, for Django's AUTH_PASSWORD_VALIDATORS."""

    def __init__(self, *, path: str) -> None:
        self._path = Path(path)

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002  Django's signature
        try:
            known = is_listed(password, self._path)
        except OSError as error:
            logger.error("BREACHED_PASSWORDS_FILE cannot be read: %s", error.strerror)
            raise ValidationError(
                "No password can be chosen now: the list of known ones cannot be read. Tell an administrator.",
                code="breached_passwords_unknown",
            ) from error
        if known:
            raise ValidationError(
                "This password came out in a breach of some other site, so it is among the first to be tried. "
                "Choose another, and change it wherever you use it.",
                code="breached_password",
            )

    def get_help_text(self) -> str:
        return "Your password can’t be one that is known from breaches of other sites."


def is_listed(password: str, path: Path) -> bool:
    """Whether the hash of a password is in a file of sorted hashes, read at forty places or so whatever its size."""
    wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, lines.seek(0, SEEK_END)
        while low < high:
            middle = (low + high) // 2
            found = _hash_from(lines, middle)
            if found and found < wanted:
                low = middle + 1
            else:
                high = middle
        return _hash_from(lines, low) == wanted


def _hash_from(lines: BinaryIO, offset: int) -> bytes:
    """The hash in the first line that begins at `offset` or later; empty behind the last."""
    lines.seek(max(offset - 1, 0))
    if offset:
        lines.readline()
    return lines.readline()[:HASH_LENGTH].upper()
