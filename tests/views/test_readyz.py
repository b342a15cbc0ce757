from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from console.models import Heartbeat

BEAT = datetime(2026, 11, 23, 8, 0, 0, 654321, tzinfo=UTC)


def readyz(client: Client) -> dict[str, str]:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    return answer.json()


def test_no_worker_yet(client: Client, db: None):
    assert readyz(client) == {"status": "ready", "worker": "never seen"}


@pytest.mark.parametrize(
    ("now", "worker"),
    [("2026-11-23T08:00:20Z", "alive"), ("2026-11-23T09:00:00Z", "not seen since 2026-11-23T08:00:00Z")],
)
def test_a_dead_worker_is_told_and_the_web_stays(client: Client, db: None, now: str, worker: str):
    Heartbeat.objects.create(machine="somewhere", at=BEAT)
    with time_machine.travel(now, tick=False):
        assert readyz(client) == {"status": "ready", "worker": worker}
