"""Watches, touching nothing, when each scene comes to rest after its end."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from django.db import Error, connection

from console.models import Operation
from tests.faults.judge import IN_FLIGHT
from tests.faults.scene import Scene

LIMIT_S = 60.0
PERIOD_S = 0.3


@dataclass(slots=True)
class Watch:
    """Notes the time at which nothing of a scene was in flight any more."""

    scenes: list[Scene] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def wait(self, limit_s: float = LIMIT_S) -> None:
        """Return when all have settled, or have had `limit_s` since their end."""
        while any(_is_waited_for(scene, limit_s) for scene in self.scenes):
            time.sleep(PERIOD_S)

    def _run(self) -> None:
        while not self._done.wait(PERIOD_S):
            with suppress(Error):
                _note(self.scenes)
        connection.close()


def _is_waited_for(scene: Scene, limit_s: float) -> bool:
    return not scene.settled_at and time.monotonic() < scene.over_at + limit_s


def _note(scenes: list[Scene]) -> None:
    waiting = [scene for scene in scenes if scene.over_at and not scene.settled_at]
    open_accounts = set(Operation.objects.filter(state__in=IN_FLIGHT).values_list("account_id", flat=True))
    for scene in waiting:
        if scene.account.pk not in open_accounts:
            scene.settled_at = time.monotonic()
