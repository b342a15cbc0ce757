import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from console.models import Heartbeat
from console.services import heartbeat

pytestmark = pytest.mark.django_db


def beat_of(machine: str, *, ago_s: float) -> None:
    Heartbeat.objects.create(machine=machine, at=timezone.now() - timedelta(seconds=ago_s))


def test_a_worker_that_was_never_there_is_late():
    assert heartbeat.get_pulse().last_beat is None
    assert heartbeat.is_late()


def test_a_beat_is_this_machines_and_moves_on():
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False):
        heartbeat.beat()
    with time_machine.travel("2026-11-23T08:00:05Z", tick=False):
        heartbeat.beat()
        assert heartbeat.get_pulse().last_beat == timezone.now()
    assert Heartbeat.objects.get().machine == socket.gethostname()


@pytest.mark.parametrize(("age_s", "is_late"), [(29, False), (31, True)])
def test_after_half_a_minute_it_is_late(age_s: float, is_late: bool):
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False):
        beat_of("somewhere", ago_s=age_s)
        assert heartbeat.is_late() is is_late


def test_one_machine_that_is_alive_is_enough():
    beat_of("dead", ago_s=3600)
    beat_of("alive", ago_s=1)
    assert not heartbeat.is_late()
