"""Bulkheads: how many threads of a process may wait for one account's platform, so that the others have some left."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from uuid import UUID

from django.conf import settings

from console.models import Account
from console.platforms.errors import NotSent

PATIENCE_S = 1.0

_places: dict[UUID, BoundedSemaphore] = {}


@contextmanager
def place(account: Account) -> Iterator[None]:
    """Hold one of the account's places during a call: half of the web threads, at least one.

    Raises NotSent when none gets free within a second.
    """
    # setdefault is one step for all threads: of two that come first, one's semaphore stays.
    places = _places.setdefault(account.pk, BoundedSemaphore(max(1, settings.WEB_THREADS // 2)))
    if not places.acquire(timeout=PATIENCE_S):
        raise NotSent("Too many calls to this account are waiting for its platform. Nothing was sent.")
    try:
        yield
    finally:
        places.release()
