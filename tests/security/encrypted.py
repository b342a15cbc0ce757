"""Asks a console behind HTTPS a few things and prints its answers as JSON: `python -m tests.security.encrypted`."""

import json
import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, override_settings

PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
KEY = "correct horse battery"


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from console.models import User

    User.objects.create_superuser("root", password=KEY)
    with override_settings(STORAGES=settings.STORAGES | PLAIN_FILES):
        client = Client(SERVER_NAME="localhost")
        plain = client.get("/products/?order=name")
        page = client.get("/auth/login/", secure=True)
        signed_in = client.post("/auth/login/", {"login": "root", "password": KEY}, secure=True)
        theme = client.post("/theme/", {"theme": "dark"}, secure=True)
    said = {"plain": [plain.status_code, plain["Location"]], "page": dict(page.headers)}
    sys.stdout.write(json.dumps(said | {"cookies": cookies(page, signed_in, theme)}))


def cookies(*answers: HttpResponse) -> dict[str, dict[str, object]]:
    return {morsel.key: dict(morsel) for answer in answers for morsel in answer.cookies.values()}


if __name__ == "__main__":
    main()
