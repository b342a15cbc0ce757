from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.apps import apps
from pytest_django import Settings

from console.lib.sealing import Sealer
from console.models import Account, AuditEntry, Product, User
from console.sandbox.server import Sandbox
from console.services import accounts, products, rotation, second_factor, secrets
from console.services.audit import fields_of
from console.services.roles import Role
from tests import make
from tests.services.at_once import at_once

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
CANARY = "canary-product-secret-{}"


def start_with(settings: Settings, *keys: str) -> None:
    """As a process that was started with these keys."""
    settings.SEAL_KEYS = list(keys)
    accounts.sealer.cache_clear()


@pytest.fixture(autouse=True)
def _old_key(settings: Settings) -> Iterator[None]:
    start_with(settings, OLD)
    yield
    accounts.sealer.cache_clear()


@pytest.fixture
def account(db: None) -> Account:
    return make.account(secret="canary-access-key-secret")


def product(of: Account, number: int = 0) -> Product:
    made = make.cached_product(of, f"Product_{number}")
    made.sealed_product_secret = accounts.sealer().seal(CANARY.format(number), place=made.place_of_secret)
    made.save()
    return made


def opened_by(key: str, row: Account | Product) -> str:
    row.refresh_from_db()
    sealed = row.sealed_product_secret if isinstance(row, Product) else row.sealed_access_key_secret
    return Sealer([key]).open(sealed, place=row.place_of_secret)


def entry_of(account: Account, **changes: str) -> accounts.AccountEntry:
    """What an administrator's form holds of an account."""
    shown = ("slug", "title", "platform", "endpoint", "signature_scheme", "access_key_id", "region")
    return accounts.AccountEntry(**{name: getattr(account, name) for name in shown} | changes)


def test_everything_opens_with_the_new_key_alone(account: Account, settings: Settings):
    row = product(account)
    start_with(settings, NEW, OLD)
    found = rotation.rotate(actor=None)
    assert (found.renewed, found.current, found.broken, found.is_sound) == (2, 2, [], True)
    assert opened_by(NEW, account) == "canary-access-key-secret"
    assert opened_by(NEW, row) == CANARY.format(0)
    start_with(settings, NEW)
    assert accounts.has_key(account, key_id="sandbox-id", key_secret="canary-access-key-secret")


def test_every_sealed_column_is_known():
    sealed = {
        (model._meta.model_name, column.name)
        for model in apps.get_models()
        for column in model._meta.get_fields()
        if column.name.startswith("sealed_")
    }
    assert sealed == {("account", "sealed_access_key_secret"), ("product", "sealed_product_secret")}


@pytest.mark.parametrize(
    ("kind", "name"), [(Authenticator.Type.TOTP, "secret"), (Authenticator.Type.RECOVERY_CODES, "seed")]
)
def test_second_factors_too(db: None, settings: Settings, kind: str, name: str):
    anna = make.user("anna")
    sealed = accounts.sealer().seal("canary-second-factor", place=second_factor.place_of(anna.pk))
    row = Authenticator.objects.create(user=anna, type=kind, data={name: sealed, "used_mask": 5})
    start_with(settings, NEW, OLD)
    assert rotation.rotate(actor=None).renewed == 1
    row.refresh_from_db()
    assert Sealer([NEW]).open(row.data[name], place=second_factor.place_of(anna.pk)) == "canary-second-factor"
    assert row.data["used_mask"] == 5


def test_what_an_interrupted_run_has_done_is_not_done_again(account: Account, settings: Settings):
    rows = [product(account, number) for number in range(7)]
    start_with(settings, NEW, OLD)
    for row in rows[:3]:
        row.sealed_product_secret = accounts.sealer().renew(row.sealed_product_secret, place=row.place_of_secret)
        row.save()
    before = [row.sealed_product_secret for row in rows[:3]]
    found = rotation.rotate(actor=None)
    assert (found.renewed, found.current) == (5, 8)
    assert [Product.objects.get(pk=row.pk).sealed_product_secret for row in rows[:3]] == before


def test_more_products_than_a_batch(account: Account, settings: Settings):
    rows = [product(account, number) for number in range(rotation.BATCH * 2)]
    start_with(settings, NEW, OLD)
    assert rotation.rotate(actor=None).renewed == 1 + len(rows)
    assert [opened_by(NEW, row) for row in rows] == [CANARY.format(number) for number in range(len(rows))]


def test_a_product_without_a_secret_stays_without(account: Account, settings: Settings):
    row = make.cached_product(account)
    start_with(settings, NEW, OLD)
    assert rotation.rotate(actor=None).renewed == 1
    row.refresh_from_db()
    assert row.sealed_product_secret == ""


def test_what_opens_with_no_key_is_named_and_left_as_it_is(account: Account, settings: Settings):
    foreign, moved, good = (product(account, number) for number in range(3))
    foreign.sealed_product_secret = Sealer([FOREIGN]).seal("any", place=foreign.place_of_secret)
    moved.sealed_product_secret = good.sealed_product_secret
    foreign.save()
    moved.save()
    start_with(settings, NEW, OLD)
    found = rotation.rotate(actor=None)
    assert sorted(found.broken) == sorted([foreign.place_of_secret, moved.place_of_secret])
    assert (found.is_complete, found.is_sound) == (True, False)
    assert Product.objects.get(pk=moved.pk).sealed_product_secret == moved.sealed_product_secret
    assert opened_by(NEW, good) == CANARY.format(2)
    assert make.trail(action="keys.rotate") == [("keys.rotate", "requested"), ("keys.rotate", "unreadable")]


def test_the_trail_tells_who_and_how_many_and_no_key(account: Account, settings: Settings):
    start_with(settings, NEW, OLD)
    admin = make.user("admin", Role.ADMIN)
    rotation.rotate(actor=admin)
    assert make.trail(action="keys.rotate") == [("keys.rotate", "requested"), ("keys.rotate", "done")]
    last = AuditEntry.objects.latest("id")
    assert fields_of(last.record)["parameters"] == {"keys": "2", "renewed": "1", "broken": "0"}
    assert last.actor == admin
    assert not [key for key in (OLD, NEW) if key in last.record]


def test_an_edit_that_was_opened_before_keeps_the_new_seal(account: Account, settings: Settings):
    stale = Account.objects.get(pk=account.pk)
    start_with(settings, NEW, OLD)
    rotation.rotate(actor=None)
    accounts.update(stale, entry=entry_of(stale, title="Renamed"), actor=None)
    assert opened_by(NEW, account) == "canary-access-key-secret"
    assert account.title == "Renamed"


@pytest.mark.django_db(transaction=True)
def test_it_runs_while_others_write_and_read(
    transactional_db: None, alibaba: Account, pm: User, sandbox: Sandbox, settings: Settings
):
    admin = make.user("admin", Role.ADMIN)
    rows = [make.created_product(alibaba, pm, f"Product_{number}") for number in range(6)]
    told = {row.pk: opened_by(OLD, row) for row in rows}
    start_with(settings, NEW, OLD)

    def refresh_all() -> None:
        for row in Product.objects.order_by("product_name"):
            products.refresh(product=row, actor=pm)

    def reveal_all() -> list[str]:
        return [
            secrets.reveal(product=row, reason="any", form_token=uuid4(), actor=admin)
            for row in Product.objects.order_by("-pk")
        ]

    def enter_the_secret_again() -> None:
        for _ in range(6):
            stored = Account.objects.get(pk=alibaba.pk)
            accounts.update(stored, entry=entry_of(stored, access_key_secret="sandbox-secret"), actor=admin)

    runs = [partial(rotation.rotate, actor=None)] * 2
    results = at_once(*runs, refresh_all, reveal_all, enter_the_secret_again)
    assert not [result for result in results if isinstance(result, Exception)]
    assert set(results[3]) == set(told.values())
    assert rotation.rotate(actor=None).is_sound
    assert {row.pk: opened_by(NEW, row) for row in rows} == told
    assert opened_by(NEW, alibaba) == "sandbox-secret"
