from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from console.models import Account, AuditEntry, Product, User
from console.services import accounts, secrets
from console.services.audit import fields_of
from console.services.errors import SecretBrokenError, SecretUnknownError, ShownBeforeError
from console.services.roles import Role
from tests import make
from tests.services.at_once import at_once

CANARY = "canary-product-secret-5d1f"


@pytest.fixture
def admin(db: None) -> User:
    return make.user("admin", Role.ADMIN)


@pytest.fixture
def product(db: None) -> Product:
    made = make.cached_product(make.account())
    made.sealed_product_secret = accounts.sealer().seal(CANARY, place=made.place_of_secret)
    made.save()
    return made


def last_record() -> dict[str, object]:
    return fields_of(AuditEntry.objects.latest("id").record)


def test_the_value_comes_once_the_trail_says_so(product: Product, admin: User):
    assert secrets.reveal(product=product, reason="a device lost it", form_token=uuid4(), actor=admin) == CANARY
    told = last_record()
    assert (told["action"], told["outcome"], told["actor_id"]) == ("product.reveal", "done", admin.pk)
    assert (told["target_id"], told["account_slug"]) == (str(product.pk), product.account.slug)
    assert told["parameters"] == {"ProductKey": product.product_key, "reason": "a device lost it"}
    assert CANARY not in str(list(AuditEntry.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_told_is_not_shown(product: Product, admin: User):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE console_auditentry RENAME TO away")
    try:
        with pytest.raises(DatabaseError):
            secrets.reveal(product=product, reason="any", form_token=uuid4(), actor=admin)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO console_auditentry")


@pytest.mark.django_db(transaction=True)
def test_it_is_not_told_in_a_transaction_that_may_still_be_rolled_back(product: Product, admin: User):
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        secrets.reveal(product=product, reason="any", form_token=uuid4(), actor=admin)


def test_of_six_that_send_one_form_at_once_one_is_shown_it(transactional_db: None, product: Product, admin: User):
    token = uuid4()

    def reveal() -> str:
        return secrets.reveal(product=product, reason="any", form_token=token, actor=admin)

    answers = at_once(*[reveal] * 6)
    assert sorted(map(type, answers), key=str) == sorted([str, *[ShownBeforeError] * 5], key=str)
    assert make.trail(action="product.reveal") == [("product.reveal", "done")]


def test_a_form_that_showed_nothing_is_not_spent(product: Product, admin: User):
    token = uuid4()
    sealed, product.sealed_product_secret = product.sealed_product_secret, "not a seal"
    with pytest.raises(SecretBrokenError):
        secrets.reveal(product=product, reason="any", form_token=token, actor=admin)
    product.sealed_product_secret = sealed
    assert secrets.reveal(product=product, reason="any", form_token=token, actor=admin) == CANARY


def test_a_product_whose_secret_was_never_told(admin: User):
    product = make.cached_product(make.account())
    with pytest.raises(SecretUnknownError) as raised:
        secrets.reveal(product=product, reason="any", form_token=uuid4(), actor=admin)
    assert "Refresh the product" in raised.value.problem.next
    assert make.trail(action="product.reveal") == []


def test_a_ciphertext_of_another_row_does_not_open_and_the_attempt_is_told(product: Product, admin: User):
    other = make.cached_product(product.account, "Other", sealed_product_secret=product.sealed_product_secret)
    with pytest.raises(SecretBrokenError):
        secrets.reveal(product=other, reason="any", form_token=uuid4(), actor=admin)
    assert make.trail(action="product.reveal") == [("product.reveal", "unreadable")]


def test_a_ciphertext_of_another_column_does_not_open(product: Product, admin: User):
    account: Account = product.account
    account.sealed_access_key_secret, product.sealed_product_secret = (
        product.sealed_product_secret,
        account.sealed_access_key_secret,
    )
    account.save()
    with pytest.raises(SecretBrokenError):
        secrets.reveal(product=product, reason="any", form_token=uuid4(), actor=admin)
    assert not accounts.has_key(account, key_id="sandbox-id", key_secret=CANARY)
