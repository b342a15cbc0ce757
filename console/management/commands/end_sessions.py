"""Sign somebody, or everybody, out at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.models import User
from console.services import sessions

BY = "command end_sessions"


class Command(BaseCommand):
    help = "End all sessions of a person, or of everybody. Who may sign in may do so again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("username", nargs="?")
        whose.add_argument("--all", action="store_true", help="Of everybody.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        ended = sessions.end_everybodys(by=BY) if options["all"] else _end_of(options["username"])
        self.stdout.write(f"{ended} ended.")


def _end_of(username: str) -> int:
    person = User.objects.filter(username=username).first()
    if person is None:
        raise CommandError("There is no such person. Nothing was changed.")
    return sessions.end_of(person, actor=None, by=BY)
