"""Sealing of secrets at rest: Fernet under rotating keys, each ciphertext bound to its row and column."""

import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBrokenError(Exception):
    """A sealed value does not open: wrong key, altered, or moved from another row or column."""


class Sealer:
    """Seals and opens with `keys`, newest first; the first seals, all of them open."""

    def __init__(self, keys: Sequence[str]) -> None:
        fernets = [Fernet(key) for key in keys]
        self._newest, self._fernet = fernets[0], MultiFernet(fernets)

    def seal(self, secret: str, *, place: str) -> str:
        """The ciphertext of `secret`, which opens at `place` ("table.column:row") only."""
        return self._fernet.encrypt(json.dumps([place, secret]).encode()).decode()

    def open(self, sealed: str, *, place: str) -> str:
        """The secret sealed at `place`; SealBrokenError when it is not one of this place and these keys."""
        try:
            sealed_at, secret = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValueError, TypeError) as error:
            raise SealBrokenError(f"the value at {place} does not open with the present keys") from error
        if sealed_at != place:
            raise SealBrokenError(f"the value at {place} was sealed for another place")
        return str(secret)

    def renew(self, sealed: str, *, place: str) -> str | None:
        """The same secret sealed with the newest key, None when it is already. Raises SealBrokenError as open does."""
        secret = self.open(sealed, place=place)
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return self.seal(secret, place=place)
        return None
