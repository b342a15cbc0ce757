"""Bulkheads: how many threads of a process may wait for one account's platform, so that the others have some left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from uuid import UUID

from django.conf import settings

from console.models import Account
from console.platforms.errors import NotSent

PATIENCE_S = 1.0
# Long enough for a healthy platform's answer, too short to keep a thread from the other accounts.
HASTE_S = 0.1


@dataclass(frozen=True, slots=True)
class _Bulkhead:
    """Half of the threads may call; who waits for that holds a thread as well, so a quarter may wait with patience."""

    places: BoundedSemaphore
    patient: BoundedSemaphore

    def enter(self, patience_s: float) -> bool:
        if self.places.acquire(blocking=False):
            return True
        if not self.patient.acquire(blocking=False):
            return self.places.acquire(timeout=HASTE_S)
        try:
            return self.places.acquire(timeout=patience_s)
        finally:
            self.patient.release()


_bulkheads: dict[UUID, _Bulkhead] = {}


@contextmanager
def place(account: Account, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold one of the account's places during a call: half of the web threads, at least one.

    Raises NotSent when none gets free in time: `patience_s` seconds, less where many wait already.
    """
    bulkhead = _bulkhead_of(account)
    if not bulkhead.enter(patience_s):
        raise NotSent("Too many calls to this account are waiting for its platform. Nothing was sent.")
    try:
        yield
    finally:
        bulkhead.places.release()


def _bulkhead_of(account: Account) -> _Bulkhead:
    threads = settings.WEB_THREADS
    new = _Bulkhead(BoundedSemaphore(max(1, threads // 2)), BoundedSemaphore(threads // 4))
    # One step for all threads: of two that come first, one's bulkhead stays.
    return _bulkheads.setdefault(account.pk, new)
