"""What every test may ask for: the sandbox as the platform, and people of each role."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from console.models import Account, User
from console.sandbox.server import Sandbox
from console.services import audit_guards
from console.services.roles import Role
from tests import make

# A busy machine is slow, not wrong: what is generated is judged, not how fast.
hypothesis_settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def _static_files_as_they_are(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No collectstatic for tests: the manifest names of the served files are the server's affair."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static"), STORAGES=settings.STORAGES | plain):
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A hash costs a tenth of a second on purpose, which is nothing that tests of other things should pay."""
    quick = {"django.contrib.auth.hashers.Argon2PasswordHasher": "tests.quick_passwords.QuickArgon2"}
    with override_settings(PASSWORD_HASHERS=[quick.get(name, name) for name in settings.PASSWORD_HASHERS]):
        yield


@pytest.fixture(autouse=True)
def _count_attempts_anew() -> None:
    """Limits are counted in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _slots_without_rest() -> Iterator[None]:
    """Leased and released as in production, but free again at once: the sandbox of the tests has no limits."""
    with override_settings(QUOTA_REST_S=0.0):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as in production: in memory it locks whole tables, and not as a file does."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "console.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def _the_trail_can_be_emptied() -> Iterator[None]:
    """Tests with transactions of their own empty every table, which the guards of the trail refuse."""
    flush = type(connection.ops).execute_sql_flush

    def unguarded_flush(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with transaction.atomic():
            audit_guards.drop()
            flush(operations, statements)
            audit_guards.put()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "execute_sql_flush", unguarded_flush)
        yield


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=False) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: Sandbox) -> Sandbox:
    """Both platforms on loopback, empty, well-behaved and without limits."""
    _sandbox.control.reset()
    return _sandbox


@pytest.fixture
def alibaba(db: None, sandbox: Sandbox) -> Account:
    return make.account(platform="alibaba", endpoint=sandbox.url)


@pytest.fixture
def tuya(db: None, sandbox: Sandbox) -> Account:
    return make.account(platform="tuya", endpoint=sandbox.tuya_url)


@pytest.fixture
def pm(db: None) -> User:
    return make.user("pm", Role.PRODUCT_MANAGER)


@pytest.fixture
def as_pm(pm: User) -> Client:
    return make.client(pm)


@pytest.fixture
def as_viewer(db: None) -> Client:
    return make.client(make.user("viewer", Role.VIEWER))


@pytest.fixture
def as_auditor(db: None) -> Client:
    return make.client(make.user("auditor", Role.AUDITOR))


@pytest.fixture
def as_admin(db: None) -> Client:
    return make.client(make.user("admin", Role.ADMIN))
