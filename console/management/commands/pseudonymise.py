"""Take a person's name from everything that is stored. It cannot be undone."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.models import User
from console.services.pseudonyms import pseudonym_of, pseudonymise


class Command(BaseCommand):
    help = "Call a person person-<number> from now on, with no way to sign in. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError("There is nobody of this name.")
        pseudonymise(person, actor=None, by="command pseudonymise")
        self.stdout.write(f"From now on this is {pseudonym_of(person)}. The audit trail keeps its bytes.")
