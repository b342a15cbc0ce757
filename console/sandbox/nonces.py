"""The nonces that were seen, in the same file as everything else, so that a restart forgets none."""

from __future__ import annotations

import itertools

from console.sandbox.database import Database

# A time stamp may lie 15 minutes ahead, so its request stays acceptable for 30 minutes from now.
MEMORY_S = 1800
PURGE_EVERY = 1000


class Nonces:
    """Remembers each owner's nonces for as long as a request could be replayed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counter = itertools.count(1)

    def remember(self, owner: str, nonce: str, now_s: int) -> bool:
        """Store a nonce; return False when this owner has used it before."""
        if next(self._counter) % PURGE_EVERY == 0:
            self._database.change("DELETE FROM nonce WHERE seen_s < ?", now_s - MEMORY_S)
        statement = "INSERT OR IGNORE INTO nonce VALUES (?, ?, ?)"
        return self._database.change(statement, owner, nonce, now_s) == 1
