"""Django's command, told to the audit trail."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from console.services.people import telling_new


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with telling_new(by="command createsuperuser"):
            super().handle(*args, **options)
