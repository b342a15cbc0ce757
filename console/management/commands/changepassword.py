"""Django's command, told to the audit trail."""

import getpass
from contextlib import ExitStack
from typing import Any

from django.contrib.auth.management.commands import changepassword

from console.models import User
from console.services.first_passwords import setting
from console.services.people import telling


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"] or getpass.getuser()).first()
        with ExitStack() as told:
            if person:
                told.enter_context(telling(person, actor=None, by="command changepassword"))
                told.enter_context(setting(person, by=person))
            super().handle(*args, **options)
