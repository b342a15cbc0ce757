"""Queues what the schedules say, until told to stop."""

from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from console.services import clock


class Command(BaseCommand):
    help = "Queues the task of every schedule that is due, once a second; every machine may run one."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        with suppress(KeyboardInterrupt):
            clock.run()
