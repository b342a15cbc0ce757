"""What is committed before anything can reach the platform, and what a dying process leaves behind."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from console.models import Account, AuditEntry, Module, Operation, OperationState, Product, User
from console.platforms.client import PlatformClient
from console.platforms.types import Answer
from console.sandbox.server import Sandbox
from console.services import modules, operations, products
from console.services.errors import RulesBrokenError, UnderWayError, problem_of_operation
from console.services.intents import Intent
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product(transactional_db: None, alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


def in_background(job: Callable[[], Operation], pool: ThreadPoolExecutor) -> Future[Operation]:
    def run() -> Operation:
        try:
            return job()
        finally:
            connections.close_all()

    return pool.submit(run)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def intent(product: Product, actor: User) -> Intent:
    return Intent(
        form_token=uuid4(),
        actor=actor,
        account=product.account,
        action="module.create",
        natural_key=f"{product.product_key}/ble",
        target_name="ble",
        parameters={"ModuleName": "ble"},
        product=product,
    )


def nothing() -> None:
    """A check that finds nothing."""


def store_nothing(_operation: Operation, _value: None) -> None:
    """An answer with nothing to keep."""


def test_while_the_call_hangs_everybody_sees_that_it_was_sent(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("delay", "CreateOTAModule", seconds=1.0)
    with ThreadPoolExecutor(1) as pool:
        spec = make.module_spec(product)
        job = in_background(lambda: modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm), pool)
        wait_until(lambda: Operation.objects.filter(action="module.create", state="sent").exists())
        assert make.trail(action="module.create") == [("module.create", "requested")]
        assert products.slots_of([product])[product.pk].unsettled == 1
        assert [operation.state for operation in products.unsettled_of(product)] == ["sent"]
        assert not job.done()
        assert job.result(10).state == OperationState.DONE
    assert products.slots_of([product])[product.pk].used == 1


def test_others_can_write_while_a_call_hangs(product: Product, alibaba: Account, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("delay", "CreateOTAModule", seconds=1.5)
    with ThreadPoolExecutor(1) as pool:
        spec = make.module_spec(product)
        job = in_background(lambda: modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm), pool)
        wait_until(lambda: Operation.objects.filter(action="module.create", state="sent").exists())
        assert make.created_product(alibaba, pm, "Meanwhile").product_name == "Meanwhile"
        assert not job.done()
        job.result(10)


def test_no_transaction_is_open_during_the_call(product: Product, pm: User):
    seen: list[tuple[bool, str]] = []

    def call(_client: PlatformClient) -> Answer[None]:
        state = Operation.objects.get(action="module.create").state
        seen.append((connection.in_atomic_block, state))
        return Answer(value=None, request_id="R-1")

    operations.perform(intent(product, pm), check=nothing, call=call, apply=store_nothing)
    assert seen == [(False, "sent")]


def test_a_call_within_a_transaction_is_a_bug_that_shows(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.clear_calls()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        modules.create(product=product, spec=make.module_spec(product), form_token=uuid4(), actor=pm)
    assert sandbox.control.calls() == []


@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt, RuntimeError])
def test_a_process_that_dies_during_the_call_leaves_it_open_and_in_sight(
    product: Product, pm: User, sandbox: Sandbox, end: type[BaseException]
):
    def die(client: PlatformClient) -> Answer[None]:
        client.create_ota_module(make.module_spec(product, "ble"))
        raise end

    with pytest.raises(end):
        operations.perform(intent(product, pm), check=nothing, call=die, apply=store_nothing)
    left = Operation.objects.get(action="module.create")
    assert (left.state, left.is_open, left.settled_at) == ("sent", True, None)
    assert problem_of_operation(left) is None
    assert make.trail(action="module.create") == [("module.create", "requested")]
    assert operations.count_unsettled() == 1
    with pytest.raises(UnderWayError):
        modules.create(product=product, spec=make.module_spec(product, "ble"), form_token=uuid4(), actor=pm)
    assert [call["action"] for call in sandbox.control.calls()].count("CreateOTAModule") == 1


def test_what_is_left_open_counts_against_the_ten(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("drop_before", "CreateOTAModule")
    for number in range(10):
        spec = make.module_spec(product, f"module{number}")
        modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm)
    assert Operation.objects.filter(state="unknown").count() == 1
    with pytest.raises(RulesBrokenError) as caught:
        modules.create(product=product, spec=make.module_spec(product, "ble"), form_token=uuid4(), actor=pm)
    assert caught.value.findings[0].rule == "alibaba.module.count"


def test_an_answer_that_cannot_be_stored_leaves_nothing_half_done(product: Product, pm: User):
    def apply(operation: Operation, _value: None) -> None:
        make.cached_module(product, "ble")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        operations.perform(
            intent(product, pm), check=nothing, call=lambda _: Answer(value=None, request_id="R-1"), apply=apply
        )
    assert Operation.objects.get(action="module.create").state == OperationState.SENT
    assert not Module.objects.exists()
    assert AuditEntry.objects.filter(action="module.create").count() == 1


def test_an_operation_that_somebody_else_settled_is_not_settled_again(product: Product, pm: User):
    def overtaken(_client: PlatformClient) -> Answer[None]:
        Operation.objects.filter(action="module.create").update(state=OperationState.REFUSED)
        return Answer(value=None, request_id="R-1")

    with pytest.raises(RuntimeError, match="no longer sent"):
        operations.perform(intent(product, pm), check=nothing, call=overtaken, apply=store_nothing)
    assert Operation.objects.get(action="module.create").state == OperationState.REFUSED
    assert make.trail(action="module.create") == [("module.create", "requested")]
