"""Enter a platform account from the command line; the access key secret comes from standard input."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.forms.account import AccountForm
from console.services import accounts
from console.services.errors import RulesBrokenError


class Command(BaseCommand):
    help = "Enter an account; the access key secret is read from standard input, never from an argument."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("slug", "platform", "endpoint", "access-key-id"):
            parser.add_argument(f"--{name}", required=True)
        for name in ("title", "region", "iot-instance-id", "signature-scheme", "http-method"):
            parser.add_argument(f"--{name}", default="")
        parser.add_argument("--is-protected", action="store_true")
        parser.add_argument(
            "--visible-to", action="append", default=[], metavar="GROUP", help="Limit it to this group; repeatable."
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        secret = (getpass("Access key secret: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
        default_scheme = "rpc-v1" if options["platform"] == "tuya" else "acs3"
        form = AccountForm(
            options
            | {
                "title": options["title"] or options["slug"],
                "signature_scheme": options["signature_scheme"] or default_scheme,
                "access_key_secret": secret,
            }
        )
        if not form.is_valid():
            raise CommandError("; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in form.errors.items()))
        try:
            account = accounts.create(entry=form.entry(), actor=None)
        except RulesBrokenError as error:
            raise CommandError(error.problem.title) from error
        self.stdout.write(f"The account {account.slug} is entered.")
