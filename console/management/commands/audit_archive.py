"""Archive the entries of the audit trail that are older than AUDIT_RETENTION_DAYS, all that there are."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console.services.audit_archive import ArchiveError, archive_due


class Command(BaseCommand):
    help = "Move entries of the audit trail that are older than AUDIT_RETENTION_DAYS into sealed files."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        if not settings.AUDIT_RETENTION_DAYS:
            raise CommandError("AUDIT_RETENTION_DAYS is not set: all entries are kept for good.")
        done = 0
        try:
            while archive := archive_due():
                done += 1
                self.stdout.write(f"#{archive.first} to #{archive.last}: {archive.file_name}, SHA-256 {archive.sha256}")
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        if not done:
            self.stdout.write(f"Nothing to archive is older than {settings.AUDIT_RETENTION_DAYS} days.")
