"""Every way to write passes a service, and every service that writes tells the trail."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

from console import services
from console.models import Account, AuditEntry, User
from console.sandbox.server import Sandbox
from console.services.roles import Role
from tests import make
from tests.services.writers import PARTS, WRITERS, Stage

READS = ("find_", "get_", "count_", "is_", "has_", "check_", "hash_of")


def public() -> Iterator[str]:
    """The functions that others call, but those that only read by their name."""
    for found in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"{services.__name__}.{found.name}")
        for name, value in vars(module).items():
            if not inspect.isfunction(inspect.unwrap(value) if callable(value) else value):
                continue
            if value.__module__ == module.__name__ and not name.startswith(("_", *READS)):
                yield f"{found.name}.{name}"


def parts() -> set[str]:
    return {f"{module}.{name}" for module, names in PARTS.items() for name in names.split()}


@pytest.fixture
def stage(transactional_db: None, sandbox: Sandbox) -> Stage:
    actor = make.user("actor", Role.ADMIN)
    account: Account = make.account(endpoint=sandbox.url)
    product = make.created_product(account, actor)
    sandbox.control.create_module(product.product_key, "barcodeScanner")
    module = make.cached_module(product)
    other: User = make.user("other", Role.VIEWER)
    return Stage(account=account, product=product, module=module, actor=actor, other=other)


def test_the_tables_know_every_service():
    assert set(public()) == WRITERS.keys() | parts()


def test_no_writer_is_excused():
    assert not WRITERS.keys() & parts()


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_is_told(stage: Stage, name: str):
    before = AuditEntry.objects.count()
    WRITERS[name](stage)
    assert AuditEntry.objects.count() > before
