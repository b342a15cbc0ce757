"""A cluster of worker processes for one queue, which ends when told, at whatever moment that is."""

import time
from types import FrameType

from django.db import connections
from django_q.brokers import get_broker
from django_q.cluster import Cluster

from console.services import one_connection
from console.services.queues import Queue

LOOK_S = 0.1


class _Cluster(Cluster):  # type: ignore[misc]  # django-q has no types
    """django-q stops inside its signal handler. A signal that came while it forked was lost, and one that came while
    it held a lock waited for ever: here it is only noted.
    """

    is_told_to_end = False

    def sig_handler(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  django-q's signature
        self.is_told_to_end = True


def run(queue: Queue) -> bool:
    """Work until SIGTERM or SIGINT; what is under way is finished. False when the cluster died by itself."""
    one_connection.keep()
    cluster = _Cluster(get_broker(str(queue)))
    # The broker has looked at the database: what is forked must not share that connection.
    connections.close_all()
    cluster.start()
    while not cluster.is_told_to_end and cluster.sentinel.is_alive():
        time.sleep(LOOK_S)
    return bool(cluster.stop())
