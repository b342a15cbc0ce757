"""The last calls that arrived, without anything secret: what tests count and people look up."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

LENGTH = 10_000
OK = "OK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One call: `at` is seconds since the epoch, `outcome` OK or the error code, `fault` a kind or "".

    `executed` tells whether the operation ran, whatever the client was told afterwards.
    """

    at: float
    platform: str
    action: str
    method: str
    scheme: str
    request_id: str
    outcome: str
    fault: str
    executed: bool


class Journal:
    """A bounded list of calls, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=LENGTH)
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        """Append one call."""
        with self._lock:
            self._entries.append(entry)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the calls, oldest first."""
        with self._lock:
            return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget every call."""
        with self._lock:
            self._entries.clear()
