"""What is committed before anything can reach the platform, and what a dying process leaves behind."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from console.models import Account, AuditEntry, Module, Operation, OperationState, Outcome, Product, User
from console.platforms.client import PlatformClient
from console.platforms.errors import NotSent
from console.sandbox.server import Sandbox
from console.services import audit, ledger, modules, operations, slots
from console.services.errors import RulesBrokenError, UnderWayError
from console.services.problems import problem_of_operation
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


def create(product: Product, actor: User, name: str = "ble") -> Operation:
    return modules.create(product=product, spec=make.module_spec(product, name), form_token=uuid4(), actor=actor)


def exchange(monkeypatch: pytest.MonkeyPatch, instead: Callable[[], None]) -> None:
    """Let `instead` happen once a request has been answered, before anybody could note it."""
    ask = PlatformClient._exchange

    def asked(client: PlatformClient, *call: Any) -> Any:
        answer = ask(client, *call)
        instead()
        return answer

    monkeypatch.setattr(PlatformClient, "_exchange", asked)


def test_while_the_call_hangs_everybody_sees_that_it_was_sent(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("delay", "CreateOTAModule", seconds=1.0)
    with ThreadPoolExecutor(1) as pool:
        spec = make.module_spec(product)
        job = in_background(lambda: modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm), pool)
        wait_until(lambda: Operation.objects.filter(action="module.create", state="sent").exists())
        assert make.trail(action="module.create") == [("module.create", "requested")]
        assert slots.slots_of([product])[product.pk].unsettled == 1
        assert [operation.state for operation in ledger.find_open_on(product)] == ["sent"]
        assert not job.done()
        assert job.result(10).state == OperationState.DONE
    assert slots.slots_of([product])[product.pk].used == 1


def test_others_can_write_while_a_call_hangs(product: Product, alibaba: Account, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("delay", "CreateOTAModule", seconds=1.5)
    with ThreadPoolExecutor(1) as pool:
        spec = make.module_spec(product)
        job = in_background(lambda: modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm), pool)
        wait_until(lambda: Operation.objects.filter(action="module.create", state="sent").exists())
        assert make.created_product(alibaba, pm, "Meanwhile").product_name == "Meanwhile"
        assert not job.done()
        job.result(10)


def test_no_transaction_is_open_during_the_call(product: Product, pm: User, monkeypatch: pytest.MonkeyPatch):
    seen: list[tuple[bool, str]] = []

    def look() -> None:
        seen.append((connection.in_atomic_block, Operation.objects.get(action="module.create").state))

    exchange(monkeypatch, look)
    assert create(product, pm).state == "done"
    assert seen == [(False, "sent")]


def test_a_call_within_a_transaction_is_a_bug_that_shows(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.clear_calls()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        modules.create(product=product, spec=make.module_spec(product), form_token=uuid4(), actor=pm)
    assert sandbox.control.calls() == []


@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt, RuntimeError])
def test_a_process_that_dies_during_the_call_leaves_it_open_and_in_sight(
    product: Product, pm: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
):
    def die() -> None:
        raise end

    exchange(monkeypatch, die)
    with pytest.raises(end):
        create(product, pm)
    monkeypatch.undo()
    left = Operation.objects.get(action="module.create")
    assert (left.state, left.is_open, left.settled_at) == ("sent", True, None)
    assert problem_of_operation(left) is None
    assert make.trail(action="module.create") == [("module.create", "requested")]
    assert ledger.count_unsettled(reader=pm) == 1
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


def test_an_answer_that_cannot_be_stored_leaves_nothing_half_done(
    product: Product, pm: User, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "append", fail_on(audit.append, Outcome.DONE, fail))
    with pytest.raises(ZeroDivisionError):
        create(product, pm)
    assert Operation.objects.get(action="module.create").state == OperationState.SENT
    assert not Module.objects.exists()
    assert AuditEntry.objects.filter(action="module.create").count() == 1


def fail_on(append: Callable[..., Any], outcome: Outcome, fail: Callable[..., None]) -> Callable[..., Any]:
    def appended(event: audit.Event) -> Any:
        return fail() if event.outcome == outcome else append(event)

    return appended


def test_an_operation_that_somebody_else_settled_is_not_settled_again(
    product: Product, pm: User, monkeypatch: pytest.MonkeyPatch
):
    def overtake() -> None:
        Operation.objects.filter(action="module.create").update(state=OperationState.ABANDONED)

    exchange(monkeypatch, overtake)
    assert create(product, pm).state == OperationState.ABANDONED
    assert Operation.objects.get(action="module.create").state == OperationState.ABANDONED
    assert make.trail(action="module.create") == [("module.create", "requested")]


@pytest.mark.parametrize("state", ["unknown", "conflict", "retryable"])
def test_an_answer_that_comes_late_is_still_the_truth(
    product: Product, pm: User, monkeypatch: pytest.MonkeyPatch, state: str
):
    exchange(monkeypatch, lambda: Operation.objects.filter(action="module.create").update(state=state))
    assert create(product, pm).state == OperationState.DONE
    assert Module.objects.get().module_name == "ble"


def test_who_was_overtaken_before_sending_sends_nothing(
    product: Product, pm: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
):
    sandbox.control.clear_calls()
    open_client = operations.client_for

    def slow(account: Account, **how: Any) -> PlatformClient:
        Operation.objects.filter(action="module.create").update(state=OperationState.NOT_SENT)
        return open_client(account, **how)

    monkeypatch.setattr(operations, "client_for", slow)
    assert create(product, pm).state == OperationState.NOT_SENT
    assert sandbox.control.calls() == []


@pytest.mark.parametrize("state", ["sent", "unknown", "retryable", "done"])
def test_who_only_waited_to_send_it_does_not_judge_what_another_sent(
    product: Product, pm: User, monkeypatch: pytest.MonkeyPatch, state: str
):
    def give_up(*_: object, **__: object) -> PlatformClient:
        Operation.objects.filter(action="module.create").update(state=state)
        raise NotSent("The account's quota is used up.")

    monkeypatch.setattr(operations, "client_for", give_up)
    assert create(product, pm).state == state
    assert make.trail(action="module.create") == []
