"""The two queues of tasks: what settles operations must never wait behind what reads thousands of rows."""

from enum import StrEnum

from django_q.brokers import get_broker
from django_q.tasks import async_task

LONG = 10


class Queue(StrEnum):
    """Each has workers of its own."""

    MAIN = "console"
    SYNCS = "syncs"


def put(task: str, *args: str, queue: Queue = Queue.MAIN) -> str:
    """Queue a task by its dotted name, since the tasks stand above the services, and return its id.

    It is delivered at least once: again when its worker died.
    """
    task_id: str = async_task(task, *args, cluster=str(queue))
    return task_id


def is_long(queue: Queue) -> bool:
    """Whether so many tasks wait that one more would only be taken after its next: their worker is dead, or busy."""
    waiting: int = get_broker(str(queue)).queue_size()
    return waiting >= LONG
