"""A console's database and settings for one run: made, used by this very process as well, gone afterwards."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import django
from django.core.management import call_command

from bin.tools import clean_environment, postgres
from tests.scripts.running import free_ports

# Short, so that a run is minutes: the same rules hold whatever the figures are.
SHORT = {
    "PLATFORM_CONNECT_TIMEOUT_S": "1",
    "PLATFORM_READ_TIMEOUT_S": "1.5",
    "PLATFORM_TOTAL_TIMEOUT_S": "2",
    "PLATFORM_IN_FLIGHT_S": "3",
    "FORM_WAIT_S": "3",
}
AS_DELIVERED: dict[str, str] = {}
DATABASES = ("sqlite", "postgres")


@contextmanager
def staged(database: str, settings: dict[str, str]) -> Iterator[Path]:
    """Yield a folder for logs and data; Django is set up in this process and what it starts inherits the settings."""
    # So that what was started is stopped, and what was made is removed, when this process is told to end.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="ota-console-faults-") as folder, _database(database) as url:
        own = {"DATA_DIR": folder, "DATABASE_URL": url, "DEMO": "0", "PORT": str(free_ports(1))}
        own["ALLOW_PRIVATE_ENDPOINTS"] = "1"  # the platform stands on this machine
        os.environ.clear()
        os.environ.update(_INHERITED | own | settings)
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        yield Path(folder)


_INHERITED = clean_environment.make() | {"DJANGO_SETTINGS_MODULE": "console.settings"}


@contextmanager
def _database(kind: str) -> Iterator[str]:
    with postgres.temporary_cluster(_programs()) if kind == "postgres" else nullcontext("") as url:
        yield url


def _programs() -> Path:
    if found := postgres.find_programs():
        return found
    raise SystemExit("PostgreSQL is not installed.")
