"""Make an anchor of the audit trail by hand, and send it to every place that a setting names."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.services import audit_places
from console.services.audit_anchor import anchor_now, find_failures, line_of


class Command(BaseCommand):
    help = "Sign how the audit trail stands, send it to every place, and print it."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        anchor = anchor_now(by="command")
        self.stdout.write(line_of(anchor))
        if failures := find_failures():
            places = len(audit_places.configured())
            raise CommandError(f"{len(failures)} of {places} places did not take it: see the log")
