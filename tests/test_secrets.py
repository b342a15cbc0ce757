"""Canaries: access key secrets and ProductSecrets go through everything and come out nowhere."""

import io
import logging
import traceback
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from console.models import Account, AuditEntry, Operation, Product, User
from console.sandbox.server import Sandbox
from console.services import accounts, modules, products, syncs
from console.services.errors import ConsoleError
from tests import make

SECRET = "sandbox-secret"
WRONG = "canary-WrongSecret-7f3a"
FAULTS = (
    "error_after",
    "system_exception_after",
    "not_json",
    "truncate",
    "drop_after",
    "hang_after",
    "wrong_content_type",
)


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """All that any library logs, down to DEBUG, every SQL statement included."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    loggers = [logging.getLogger(name) for name in ("", "django", "django.db.backends")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    with CaptureQueriesContext(connection):
        yield stream
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def tracebacks() -> list[str]:
    return []


@pytest.fixture
def lived_through(
    alibaba: Account,
    pm: User,
    sandbox: Sandbox,
    settings: Settings,
    everything_logged: io.StringIO,
    tracebacks: list[str],
) -> Product:
    """A product that was created, refreshed, synced, and whose platform then failed in every way."""
    settings.PLATFORM_READ_TIMEOUT_S = 0.3
    product = make.created_product(alibaba, pm)
    products.refresh(product=product, actor=pm)
    while syncs.step(syncs.start(account=alibaba, actor=pm).pk):
        pass
    for number, kind in enumerate(FAULTS):
        sandbox.control.add_fault(kind, "CreateOTAModule")
        sandbox.control.add_fault(kind, "QueryProduct")
        create(product, pm, f"m{number}")
        refresh(product, pm, tracebacks)
    product.account.sealed_access_key_secret = accounts.sealer().seal(WRONG, place=product.account.place_of_secret)
    product.account.save()
    create(product, pm, "wrong-key")
    refresh(product, pm, tracebacks)
    product.account.sealed_access_key_secret = accounts.sealer().seal(WRONG, place="elsewhere")
    create(product, pm, "moved")
    refresh(product, pm, tracebacks)
    return product


def create(product: Product, actor: User, name: str) -> None:
    modules.create(product=product, spec=make.module_spec(product, name), form_token=uuid4(), actor=actor)


def refresh(product: Product, actor: User, tracebacks: list[str]) -> None:
    try:
        products.refresh(product=product, actor=actor)
    except ConsoleError as error:
        tracebacks.append("".join(traceback.format_exception(error)) + repr(error) + repr(error.problem))


def secrets_of(product: Product) -> list[str]:
    stored = Product.objects.get(pk=product.pk)
    return [SECRET, WRONG, accounts.sealer().open(stored.sealed_product_secret, place=stored.place_of_secret)]


def assert_none_of(secrets: list[str], text: str) -> None:
    assert len(text) > 100
    assert not [secret for secret in secrets if secret in text]


def test_no_log_line_and_no_statement_has_a_secret(lived_through: Product, everything_logged: io.StringIO):
    text = everything_logged.getvalue()
    assert "INSERT INTO" in text
    assert "action=CreateOTAModule" in text
    assert_none_of(secrets_of(lived_through), text)


def test_no_traceback_has_a_secret(lived_through: Product, tracebacks: list[str]):
    assert len(tracebacks) >= len(FAULTS)
    assert_none_of(secrets_of(lived_through), "".join(tracebacks))


def test_no_row_of_any_table_has_a_secret(lived_through: Product):
    for model in apps.get_models():
        rows = str(list(model._base_manager.values()))
        assert not [secret for secret in secrets_of(lived_through) if secret in rows], model


def test_the_ledger_and_the_trail_have_business_parameters_only(lived_through: Product):
    for operation in Operation.objects.all():
        assert set(operation.parameters) <= {"ProductName", "NodeType", "ProductKey", "ModuleName"}
    assert AuditEntry.objects.filter(outcome="unknown").exists()


def test_no_page_shows_a_secret(lived_through: Product, as_admin: Client):
    module = make.cached_module(lived_through, "ble")
    paths = ["/", "/products/", "/modules/", "/operations/", "/audit/", "/accounts/"]
    paths += [f"/accounts/{lived_through.account.slug}/", f"/products/{lived_through.pk}/"]
    paths += [f"/products/{lived_through.pk}/edit/", f"/modules/{module.pk}/edit/"]
    paths += [f"/audit/{entry.pk}/" for entry in AuditEntry.objects.all()]
    paths += [f"/operations/{operation.pk}/" for operation in Operation.objects.all()]
    secrets = secrets_of(lived_through)
    sealed = Product.objects.get(pk=lived_through.pk).sealed_product_secret
    for path in paths:
        answer = as_admin.get(path)
        assert answer.status_code == 200, path
        assert_none_of([*secrets, sealed, lived_through.account.sealed_access_key_secret], answer.content.decode())


@pytest.mark.parametrize("endpoint", ["https://iot.cn-shanghai.aliyuncs.com", "no endpoint"])
def test_a_secret_that_was_typed_is_not_shown_again(as_admin: Client, everything_logged: io.StringIO, endpoint: str):
    form = {
        "slug": "main",
        "title": "Main",
        "platform": "alibaba",
        "endpoint": endpoint,
        "signature_scheme": "acs3",
        "access_key_id": "LTAI-example",
        "access_key_secret": WRONG,
        "region": "cn-shanghai",
    }
    answer = as_admin.post("/accounts/new/", form)
    assert Account.objects.filter(slug="main").exists() == endpoint.startswith("https")
    assert WRONG not in answer.content.decode() + everything_logged.getvalue()
