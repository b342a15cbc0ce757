"""Starts the local platform."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from console.sandbox import cli


class Command(BaseCommand):
    help = "Serves the local platform, Alibaba's dialect on one loopback port and Tuya's on another."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        status = cli.run(options)
        if status:
            sys.exit(status)
