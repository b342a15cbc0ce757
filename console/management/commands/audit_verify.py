"""Verify the audit trail; ends with status 1 and the first bad entry when it is not as it was written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.models import AuditAnchor, AuditVerification, VerificationState
from console.services import audit_guards, audit_verify
from console.services.audit_archived import find_wrong_files
from console.services.audit_diagnosis import quote_differences
from console.services.audit_ends import AnchorFileError, find_last, read_anchors


class Command(BaseCommand):
    help = "Check every entry of the audit trail, its end and its anchors; name the first bad one and what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchors", type=Path, help="a file of anchors that was kept elsewhere, one in each line")
        parser.add_argument("--archives", type=Path, help="the folder with the files of archived entries")
        parser.add_argument("--from", type=int, default=1, dest="first", help="begin with this entry")
        parser.add_argument("--continue", action="store_true", dest="goes_on", help="go on with an interrupted one")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        anchors = _anchors(options["anchors"])
        verification = _interrupted() if options["goes_on"] else _new(options["first"])
        while verification.state == VerificationState.RUNNING:
            audit_verify.go_on(verification, anchors)
        if missing := audit_guards.find_missing():
            self.stderr.write(f"Guards are missing: {', '.join(missing)}. manage.py migrate puts them back.")
        if verification.state == VerificationState.BROKEN:
            values = quote_differences(verification.bad_entry or 0)
            raise CommandError(f"The trail is broken at {verification.finding}" + (f"\n{values}" if values else ""))
        if options["archives"] and (wrong := find_wrong_files(options["archives"])):
            raise CommandError(f"Archives are not as they were written: {'; '.join(wrong)}")
        count = sum(anchor.sequence >= verification.first for anchor in anchors)
        beside = f", {count} anchor{'' if count == 1 else 's'} of the file agree" if options["anchors"] else ""
        self.stdout.write(f"Sound: #{verification.first} to #{verification.last}{beside}.")


def _anchors(path: Path | None) -> list[AuditAnchor]:
    try:
        return list(read_anchors(path)) if path else []
    except (OSError, UnicodeError, AnchorFileError) as error:
        raise CommandError(f"{path}: {error}") from error


def _new(first: int) -> AuditVerification:
    if not 1 <= first <= find_last() + 1:
        raise CommandError("--from is the number of an entry")
    return audit_verify.begin(actor=None, first=first)


def _interrupted() -> AuditVerification:
    latest = audit_verify.find_latest()
    if not latest or latest.state != VerificationState.RUNNING:
        raise CommandError("No verification was interrupted.")
    return latest
