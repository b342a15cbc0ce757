"""Fill an empty console with the demonstration, and say how to sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console.services import demo


class Command(BaseCommand):
    help = "Fill an empty database with demo users and two sandbox accounts; print how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        if not settings.DEMO_PASSWORD:
            raise CommandError("DEMO_PASSWORD is not set.")
        key_id, _, key_secret = settings.SANDBOX_KEY.partition(":")
        start = {
            "password": settings.DEMO_PASSWORD,
            "port": settings.SANDBOX_PORT,
            "key_id": key_id,
            "key_secret": key_secret,
        }
        if demo.is_empty():
            demo.fill(**start)
        elif demo.exists():
            demo.renew(**start)
        else:
            self.stdout.write("Sign in with one of your own users: this console holds more than the demonstration.")
            return
        self.stdout.write(f"Sign in as {', '.join(demo.PEOPLE)}; the password is {settings.DEMO_PASSWORD}")
