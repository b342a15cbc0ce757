"""Works on one queue of tasks, until told to stop."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from console.services import worker
from console.services.queues import Queue


class Command(BaseCommand):
    help = "Does the background work of one queue, in as many processes as WORKERS says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queue", type=Queue, choices=list(Queue), default=Queue.MAIN)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        if not worker.run(options["queue"]):
            sys.exit(1)
