"""The sign of life of the background work: a task is queued every few seconds, and the worker that takes it beats."""

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from console.models import Heartbeat

LATE_AFTER_S = 30


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a worker was seen alive on any machine for the last time (UTC), None for never."""

    last_beat: datetime | None

    @property
    def is_late(self) -> bool:
        limit = timezone.now() - timedelta(seconds=LATE_AFTER_S)
        return self.last_beat is None or self.last_beat < limit


def beat() -> None:
    """Write down that a worker of this machine is alive."""
    Heartbeat.objects.update_or_create(machine=socket.gethostname(), defaults={"at": timezone.now()})


def get_pulse() -> Pulse:
    """The latest beat of all machines, from one query."""
    return Pulse(Heartbeat.objects.aggregate(latest=Max("at"))["latest"])


def is_late() -> bool:
    """Whether no worker has been alive lately: what waits for one goes on only when one runs again."""
    return get_pulse().is_late
