"""Bring the database, the static files and the demonstration up to date: one Django process for all of it."""

import io
import os
import sys

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
    except RedisError as error:
        raise SetupError(f"the cache does not answer: {error}") from error
    return 0


def _prepare() -> None:
    # Nobody can sign in without it: the attempts are counted there.
    cache.get("bin/run")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("check", databases=["default"], stdout=io.StringIO())
    if settings.DEMO:
        call_command("demo")


if __name__ == "__main__":
    sys.exit(status_of("bin/run", main))
