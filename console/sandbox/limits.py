"""Queries per second, counted as the platform counts them: in any second that slides, per key and group."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

# Alibaba: "Each Alibaba Cloud account can run a maximum of n queries per second", on each operation's page.
PUBLISHED = {
    "CreateProduct": 50,
    "UpdateProduct": 10,
    "DeleteProduct": 500,
    "QueryProduct": 50,
    "QueryProductList": 50,
    "QueryProductList.deep": 2,
    "CreateOTAModule": 10,
    "UpdateOTAModule": 10,
    "DeleteOTAModule": 10,
    "ListOTAModuleByProduct": 10,
    "ListThingTemplates": 5,
    "GetThingTemplate": 2,
}
DEEP_PAGE = 100_000
WINDOW_S = 1.0


def quota_group(action: str, parameters: Mapping[str, str]) -> str:
    """Return the group a call counts against: its action, but for deep pages of QueryProductList."""
    if action != "QueryProductList":
        return action
    page, size = parameters.get("CurrentPage", ""), parameters.get("PageSize", "")
    if page.isdecimal() and size.isdecimal() and int(page[:9]) * int(size[:9]) >= DEEP_PAGE:
        return "QueryProductList.deep"
    return action


class RateLimiter:
    """Admits at most the limit of a group in every sliding second; what it turns away does not count.

    `clock` tells seconds that never run backwards.
    """

    def __init__(self, limits: Mapping[str, int], clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = dict(limits)
        self._clock = clock
        self._admitted: dict[tuple[str, str], deque[float]] = {}
        self._lock = threading.Lock()

    def admit(self, owner: str, group: str) -> bool:
        """Count one call of the owner's and return whether it may pass."""
        limit = self._limits.get(group)
        if limit is None:
            return True
        with self._lock:
            now = self._clock()
            window = self._admitted.setdefault((owner, group), deque())
            while window and window[0] <= now - WINDOW_S:
                window.popleft()
            if len(window) >= limit:
                return False
            window.append(now)
            return True

    def reset(self) -> None:
        """Forget every call counted so far."""
        with self._lock:
            self._admitted.clear()
