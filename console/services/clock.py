"""The clock: queues what is due, every second. It keeps nothing in memory, so it may end at any moment."""

import logging
import time
from typing import NoReturn

from django.db import Error, close_old_connections
from redis.exceptions import RedisError

from console.services import one_connection
from console.services.schedules import queue_due

TICK_S = 1.0
logger = logging.getLogger(__name__)


def run() -> NoReturn:
    """Tick until a signal ends the process. Several machines may each run one."""
    one_connection.keep()
    was_well = True
    while True:
        was_well = tick(was_well=was_well)
        time.sleep(TICK_S)


def tick(*, was_well: bool = True) -> bool:
    """Queue what is due; False when the database or the queue does not answer, which is logged once only."""
    try:
        close_old_connections()
        queue_due()
    except (Error, RedisError) as error:
        if was_well:
            logger.error("Nothing is queued until the database and the queue answer again: %s", error)
        return False
    if not was_well:
        logger.info("The database and the queue answer again.")
    return True
