import pytest
from django_q.brokers import get_broker
from django_q.models import OrmQ

from console.services import queues
from console.services.queues import LONG, Queue

pytestmark = pytest.mark.django_db


def keys() -> list[str]:
    return list(OrmQ.objects.order_by("id").values_list("key", flat=True))


def test_each_queue_has_its_own_tasks():
    queues.put("console.tasks.reconcile")
    queues.put("console.tasks.sync_step", "id", queue=Queue.SYNCS)
    assert keys() == ["console", "syncs"]
    _, payload = get_broker("syncs").dequeue()[0]
    assert OrmQ(payload=payload).task["args"] == ("id",)
    assert get_broker("syncs").queue_size() == 0
    assert get_broker().queue_size() == 1


def test_a_long_queue_of_syncs_keeps_nothing_else_waiting():
    for _ in range(LONG):
        queues.put("console.tasks.sync_step", "id", queue=Queue.SYNCS)
    assert queues.is_long(Queue.SYNCS)
    assert not queues.is_long(Queue.MAIN)
