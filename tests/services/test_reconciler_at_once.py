"""Several workers at the same operation: one moves it on, and the trail tells of it once."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from console.models import Account, Operation, Product, User
from console.sandbox.server import Sandbox
from console.services import modules, operations, reconciler
from tests import make
from tests.services.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product(transactional_db: None, alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


def lost(product: Product, actor: User, sandbox: Sandbox, *, done: bool) -> Operation:
    """A create whose answer got lost so long ago that it cannot arrive any more."""
    sandbox.control.add_fault("drop_after" if done else "drop_before", "CreateOTAModule")
    spec = make.module_spec(product, "ble")
    operation = modules.create(product=product, spec=spec, form_token=uuid4(), actor=actor)
    Operation.objects.filter(pk=operation.pk).update(sent_at=F("sent_at") - timedelta(hours=1))
    return operation


def outcomes() -> list[str]:
    return [outcome for _, outcome in make.trail(action="module.create")]


@pytest.mark.parametrize(("done", "outcome"), [(True, "adopted"), (False, "retryable")])
def test_of_four_workers_one_settles_it(product: Product, pm: User, sandbox: Sandbox, done: bool, outcome: str):
    lost(product, pm, sandbox, done=done)
    assert not [result for result in at_once(*[reconciler.run_due] * 4) if isinstance(result, Exception)]
    assert outcomes() == ["requested", "unknown", outcome]


def test_people_and_workers_at_once_settle_it_once(product: Product, pm: User, sandbox: Sandbox):
    operation = lost(product, pm, sandbox, done=True)
    look = partial(reconciler.look_again, operation, actor=pm)
    at_once(look, reconciler.run_due, look, reconciler.run_due)
    assert outcomes() == ["requested", "unknown", "adopted"]


def test_what_was_planned_is_sent_by_one_of_four_workers(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.clear_calls()
    Operation.objects.create(
        form_token=uuid4(),
        account=product.account,
        action="module.create",
        natural_key=f"{product.product_key}/ble",
        target_name="ble",
        parameters={"ProductKey": product.product_key, "ModuleName": "ble"},
        actor=pm,
        product=product,
        created_at=timezone.now() - timedelta(minutes=1),
    )
    assert not [result for result in at_once(*[reconciler.run_due] * 4) if isinstance(result, Exception)]
    assert outcomes() == ["requested", "done"]
    assert [call["action"] for call in sandbox.control.calls()] == ["CreateOTAModule"]


def test_a_double_click_on_retry_is_one_new_operation(product: Product, pm: User, sandbox: Sandbox):
    lost(product, pm, sandbox, done=False)
    reconciler.run_due()
    old = Operation.objects.get(state="retryable")
    results = at_once(*[lambda: operations.retry(Operation.objects.get(pk=old.pk), actor=pm)] * 4)
    assert {result.pk for result in results} == {Operation.objects.get(retry_of=old).pk}
    assert outcomes() == ["requested", "unknown", "retryable", "abandoned", "requested", "done"]
