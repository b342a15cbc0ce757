"""What an edit or a delete found is in the record itself, under the chain, on both platforms."""

from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import pytest

from console.models import Account, AuditEntry, Module, User
from console.sandbox.server import Sandbox
from console.services import modules, products
from console.services.audit import fields_of
from console.services.audit_requests import get_request
from console.services.errors import RulesBrokenError
from tests import make
from tests.security import tampering


@pytest.fixture(params=["alibaba", "tuya"])
def account(request: pytest.FixtureRequest) -> Account:
    account: Account = request.getfixturevalue(request.param)
    return account


@pytest.fixture
def module(account: Account, sandbox: Sandbox, pm: User) -> Module:
    """As both the platform and the console know it."""
    key = sandbox.control.create_product("Lamp", platform=account.platform)["product_key"]
    product = make.cached_product(account, name="Lamp", key=key, description="old")
    modules.create(
        product=product, spec=make.module_spec(product, alias_name="one", desc="first"), form_token=uuid4(), actor=pm
    )
    return product.modules.select_related("product__account").get()


def told(action: str) -> Iterator[dict[str, str]]:
    """The parameters of each entry of an action, from its record."""
    for entry in AuditEntry.objects.filter(action=action).order_by("id"):
        yield fields_of(entry.record)["parameters"]


def test_an_edit_of_a_product(module: Module, pm: User):
    product = module.product
    # Tuya's API cannot change products: that attempt is refused, and told all the same.
    with suppress(RulesBrokenError):
        products.update(product=product, product_name="Lantern", description="new", form_token=uuid4(), actor=pm)
    asked = {"ProductKey": product.product_key, "ProductName": "Lantern", "Description": "new"}
    before = {"before ProductName": "Lamp", "before Description": "old"}
    steps = 1 if product.account.platform == "tuya" else 2
    assert list(told("product.update")) == [asked | before] * steps


def test_an_edit_of_a_module(module: Module, pm: User):
    modules.update(module=module, alias_name="two", desc="", form_token=uuid4(), actor=pm)
    asked = {"ProductKey": module.product.product_key, "ModuleName": module.module_name, "AliasName": "two"}
    assert list(told("module.update")) == [asked | {"before AliasName": "one", "before Desc": "first"}] * 2


def test_a_delete_of_a_module(module: Module, pm: User):
    modules.delete(module=module, form_token=uuid4(), actor=pm)
    asked = {"ProductKey": module.product.product_key, "ModuleName": module.module_name}
    assert list(told("module.delete")) == [asked | {"before AliasName": "one", "before Desc": "first"}] * 2


def test_an_edit_that_the_rules_refuse(module: Module, pm: User):
    with pytest.raises(RulesBrokenError):
        modules.update(module=module, alias_name="x" * 300, desc="", form_token=uuid4(), actor=pm)
    (refused,) = told("module.update")
    assert (refused["before AliasName"], refused["before Desc"]) == ("one", "first")


def test_a_create_finds_nothing(module: Module):
    assert not [name for parameters in told("module.create") for name in parameters if name.startswith("before")]


def test_it_was_not_sent_and_the_request_does_not_show_it(module: Module, account: Account, sandbox: Sandbox, pm: User):
    modules.update(module=module, alias_name="two", desc="", form_token=uuid4(), actor=pm)
    sent = get_request(AuditEntry.objects.filter(action="module.update").latest("id"), account)
    assert sent
    assert "before" not in str(sent)
    assert "first" not in str(sent)


def test_another_one_before_breaks_the_chain(module: Module, pm: User):
    modules.update(module=module, alias_name="two", desc="", form_token=uuid4(), actor=pm)
    entry = AuditEntry.objects.filter(action="module.update").latest("id")
    assert tampering.verify().finding == ""
    tampering.take_guards_away()
    tampering.write(entry.pk, {"record": entry.record.replace('"before AliasName":"one"', '"before AliasName":"two"')})
    assert tampering.verify().bad_entry == entry.pk
