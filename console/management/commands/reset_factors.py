"""Take the second factors from somebody who lost theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.models import User
from console.services import second_factor


class Command(BaseCommand):
    help = "Take all second factors from a person who lost the phone and the recovery codes, and sign them out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        user = User.objects.filter(username=options["username"]).first()
        if not user:
            raise CommandError("There is no such person. Nothing was changed.")
        self.stdout.write(f"{second_factor.reset(user, actor=None)} taken. The password alone signs in now.")
