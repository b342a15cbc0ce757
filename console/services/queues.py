"""The two queues of tasks: what settles operations must never wait behind what reads thousands of rows."""

from datetime import timedelta
from enum import StrEnum

from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Failure
from django_q.tasks import async_task

LONG = 10
FAILURES_KEPT_FOR = timedelta(days=1)


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


def forget_old_failures() -> None:
    """Delete what is kept of tasks that failed more than a day ago: the log has told of them."""
    Failure.objects.filter(stopped__lt=timezone.now() - FAILURES_KEPT_FOR).delete()
