"""The database connection of a process without threads: the clock's, and each that a worker forks."""

from django.db import connection

LASTS_S = 60


def keep() -> None:
    """Use one connection for a minute instead of a pool, before any is open.

    A pool does not survive a fork: its threads are gone, and its connections would be shared by two processes. It
    also waits half a minute for a database that is away, where one connection fails at once.
    """
    connection.settings_dict["OPTIONS"].pop("pool", None)
    connection.settings_dict |= {"CONN_MAX_AGE": LASTS_S, "CONN_HEALTH_CHECKS": True}
