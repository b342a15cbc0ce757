"""Bring the database, the static files and the demonstration up to date: one Django process for all of it."""

import io
import os
import sys
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError
from redis.exceptions import RedisError

from bin.tools.terminal import SetupError, status_of


def main() -> int:
    """Print what `manage.py demo` prints and nothing else; safe to run on every start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    try:
        django.setup()
        _prepare()
    except (ImproperlyConfigured, CommandError) as error:
        raise SetupError(str(error)) from error
    except OperationalError as error:
        raise SetupError(f"the database does not answer: {error}") from error
    return 0


def _prepare() -> None:
    # Nobody can sign in without it: the attempts are counted there.
    _require_answer("the cache", lambda: cache.get("bin/run"))
    call_command("migrate", verbosity=0, interactive=False)
    _require_answer("the task broker", lambda: _broker().queue_size())
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("check", databases=["default"], stdout=io.StringIO())
    if settings.DEMO:
        call_command("demo")


def _require_answer(what: str, ask: Callable[[], object]) -> None:
    try:
        ask()
    except RedisError as error:
        raise SetupError(f"{what} does not answer: {error}") from error


def _broker() -> Any:
    # What django-q is made of looks at the settings as it is imported.
    from django_q.brokers import get_broker  # noqa: PLC0415

    return get_broker()


if __name__ == "__main__":
    sys.exit(status_of("bin/run", main))
