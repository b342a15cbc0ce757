"""What becomes of operations whose answer got lost: each action, by what the platform shows and when."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from console.models import Account, Action, Module, Operation, OperationState, Product, User
from console.sandbox.server import Sandbox
from console.services import modules, operations, products, reconciler
from console.services.errors import (
    NothingToAdoptError,
    ReadFailedError,
    RulesBrokenError,
    SettledMeanwhileError,
    TooEarlyError,
    UnderWayError,
)
from tests import make


@pytest.fixture
def product(alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


@pytest.fixture
def module(product: Product, pm: User) -> Module:
    modules.create(product=product, spec=make.module_spec(product, "ble", desc="old"), form_token=uuid4(), actor=pm)
    return Module.objects.get()


def lose(sandbox: Sandbox, action: str, *, done: bool) -> None:
    """The next answer gets lost, after the platform did it or before."""
    sandbox.control.add_fault("drop_after" if done else "drop_before", action)


def create(product: Product, actor: User, name: str = "ble", **texts: str) -> Operation:
    spec = make.module_spec(product, name, **texts)
    return modules.create(product=product, spec=spec, form_token=uuid4(), actor=actor)


def let_arrive(operation: Operation) -> None:
    """So much time passes that the request is nowhere on its way any more."""
    Operation.objects.filter(pk=operation.pk).update(
        sent_at=F("sent_at") - timedelta(hours=1), next_look_at=timezone.now()
    )


def look(operation: Operation) -> Operation:
    """The next run of the worker, when the operation is due."""
    Operation.objects.filter(pk=operation.pk, next_look_at__gt=timezone.now()).update(next_look_at=timezone.now())
    reconciler.run_due()
    operation.refresh_from_db()
    return operation


def test_a_module_that_is_there_is_adopted_at_once(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=True)
    operation = look(create(product, pm, desc="for 蓝牙"))
    assert operation.state == OperationState.ADOPTED
    assert operation.settled_at
    assert "proves that it exists, not who made it" in operation.finding
    assert operation.module
    assert (operation.module.module_name, operation.module.desc, operation.module.created_by) == ("ble", "for 蓝牙", pm)
    assert make.trail(action="module.create") == [
        ("module.create", "requested"),
        ("module.create", "unknown"),
        ("module.create", "adopted"),
    ]


def test_a_module_that_is_not_there_is_believed_missing_only_when_it_cannot_arrive_any_more(
    product: Product, pm: User, sandbox: Sandbox
):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = look(create(product, pm))
    assert (operation.state, operation.looks) == (OperationState.UNKNOWN, 1)
    assert operation.finding == "The platform lists no module of this name."
    assert operation.next_look_at > timezone.now()
    let_arrive(operation)
    assert look(operation).state == OperationState.RETRYABLE
    assert not Module.objects.exists()
    with pytest.raises(UnderWayError):
        create(product, pm)


def test_one_that_arrives_late_is_adopted(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = look(create(product, pm))
    sandbox.control.create_module(product.product_key, "ble")
    assert look(operation).state == OperationState.ADOPTED


def test_a_module_that_differs_is_a_conflict(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = create(product, pm, alias_name="Bluetooth", desc="mine")
    sandbox.control.create_module(product.product_key, "BLE", desc="theirs")
    assert look(operation).state == OperationState.CONFLICT
    assert operation.settled_at is None
    for difference in (
        "ModuleName is “BLE”, “ble” was asked for",
        "AliasName is empty, “Bluetooth” was asked for",
        "Desc is “theirs”, “mine” was asked for",
    ):
        assert difference in operation.finding
    assert not Module.objects.exists()


def test_a_product_is_found_on_any_page_and_adopted_with_all_it_shows(alibaba: Account, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateProduct", done=True)
    spec = make.product_spec("Lost", description="in the post", net_type="WIFI", data_format=1)
    operation = products.create(account=alibaba, spec=spec, form_token=uuid4(), actor=pm)
    for number in range(205):
        sandbox.control.create_product(f"Later_{number}")
    assert look(operation).state == OperationState.ADOPTED
    assert operation.product
    assert (operation.product.product_name, operation.product.net_type) == ("Lost", "WIFI")
    assert operation.product.sealed_product_secret


def test_a_product_that_differs_in_anything_shown_is_a_conflict(alibaba: Account, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateProduct", done=False)
    operation = products.create(
        account=alibaba, spec=make.product_spec("Lost", net_type="WIFI"), form_token=uuid4(), actor=pm
    )
    sandbox.control.create_product("Lost", net_type="ETHERNET", description="another")
    assert look(operation).state == OperationState.CONFLICT
    assert "NetType is “ETHERNET”, “WIFI” was asked for" in operation.finding
    assert "Description is “another”, empty was asked for" in operation.finding


def test_a_product_that_is_on_no_page_is_retryable_in_the_end(alibaba: Account, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateProduct", done=False)
    operation = products.create(account=alibaba, spec=make.product_spec("Lost"), form_token=uuid4(), actor=pm)
    assert look(operation).state == OperationState.UNKNOWN
    let_arrive(operation)
    assert look(operation).state == OperationState.RETRYABLE


def test_an_incomplete_list_proves_no_absence(alibaba: Account, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateProduct", done=False)
    operation = products.create(account=alibaba, spec=make.product_spec("Lost"), form_token=uuid4(), actor=pm)
    let_arrive(operation)
    sandbox.control.add_fault("error_before", "QueryProductList")
    assert look(operation).state == OperationState.UNKNOWN
    assert operation.finding.startswith("It could not be looked up:")


def test_what_was_there_before_is_adopted_without_a_maker(alibaba: Account, pm: User, sandbox: Sandbox):
    sandbox.control.create_product("Lost")
    lose(sandbox, "CreateProduct", done=False)
    operation = products.create(account=alibaba, spec=make.product_spec("Lost"), form_token=uuid4(), actor=pm)
    Operation.objects.update(sent_at=F("sent_at") + timedelta(hours=1))
    assert look(operation).state == OperationState.ADOPTED
    assert operation.product
    assert operation.product.created_by is None


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        ({"desc": "new"}, "adopted"),
        ({"desc": "old"}, "retryable"),
        ({"desc": "of a third party"}, "conflict"),
    ],
)
def test_an_edit_of_a_module_is_judged_by_what_was_before_and_what_was_asked(
    module: Module, pm: User, sandbox: Sandbox, shown: dict[str, str], state: str
):
    lose(sandbox, "UpdateOTAModule", done=False)
    operation = modules.update(module=module, alias_name="", desc="new", form_token=uuid4(), actor=pm)
    sandbox.control.change_module(module.product.product_key, "ble", **shown)
    assert look(operation).state == ("adopted" if state == "adopted" else "unknown")
    if state != "adopted":
        let_arrive(operation)
        assert look(operation).state == state
    module.refresh_from_db()
    assert module.desc == ("new" if state == "adopted" else "old")


def test_an_edit_of_what_is_gone_is_a_conflict_with_nothing_to_adopt(module: Module, pm: User, sandbox: Sandbox):
    lose(sandbox, "UpdateOTAModule", done=False)
    operation = modules.update(module=module, alias_name="", desc="new", form_token=uuid4(), actor=pm)
    sandbox.control.delete_module(module.product.product_key, "ble")
    assert look(operation).state == OperationState.CONFLICT
    with pytest.raises(NothingToAdoptError):
        reconciler.adopt(operation, actor=pm, reason="as it is")


@pytest.mark.parametrize(("done", "state"), [(True, "adopted"), (False, "unknown")])
def test_an_edit_of_a_product(product: Product, pm: User, sandbox: Sandbox, done: bool, state: str):
    lose(sandbox, "UpdateProduct", done=done)
    operation = products.update(
        product=product, product_name="Light_Kitchen", description="", form_token=uuid4(), actor=pm
    )
    assert look(operation).state == state
    product.refresh_from_db()
    assert product.product_name == ("Light_Kitchen" if done else "Light_Living")


@pytest.mark.parametrize("done", [True, False])
def test_a_deletion_is_done_when_it_is_not_listed_any_more(module: Module, pm: User, sandbox: Sandbox, done: bool):
    lose(sandbox, "DeleteOTAModule", done=done)
    operation = modules.delete(module=module, form_token=uuid4(), actor=pm)
    assert look(operation).state == ("adopted" if done else "unknown")
    if not done:
        let_arrive(operation)
        assert look(operation).state == "retryable"
    module.refresh_from_db()
    assert bool(module.vanished_at) == done


def test_a_product_that_is_gone_takes_the_deletion_of_its_module_with_it(module: Module, pm: User, sandbox: Sandbox):
    lose(sandbox, "DeleteOTAModule", done=False)
    operation = modules.delete(module=module, form_token=uuid4(), actor=pm)
    sandbox.control.delete_product(module.product.product_key)
    assert look(operation).state == OperationState.ADOPTED


def test_a_platform_that_does_not_answer_is_asked_again_later_and_later(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=True)
    operation = create(product, pm)
    sandbox.control.add_fault("error_before", "ListOTAModuleByProduct", times=2)
    pauses = []
    for _ in range(2):
        assert look(operation).state == OperationState.UNKNOWN
        assert operation.next_look_at
        pauses.append(operation.next_look_at - timezone.now())
    assert pauses[1] > pauses[0]
    assert look(operation).state == OperationState.ADOPTED


def test_one_account_that_does_not_answer_does_not_hold_up_another(
    alibaba: Account, tuya: Account, pm: User, sandbox: Sandbox
):
    mine = make.created_product(alibaba, pm)
    for name in ("one", "two"):
        lose(sandbox, "CreateOTAModule", done=True)
        create(mine, pm, name)
    shown = sandbox.control.create_tuya_product("Ble_lamp")
    theirs = products.register(account=tuya, product_key=shown["product_key"], actor=pm)
    lose(sandbox, "CreateOTAModule", done=True)
    operation = create(theirs, pm)
    sandbox.control.clear_calls()
    sandbox.control.add_fault("error_before", "ListOTAModuleByProduct", platform="alibaba", times=9)
    assert look(operation).state == OperationState.ADOPTED
    asked = [call["platform"] for call in sandbox.control.calls()]
    assert asked == ["alibaba", "tuya"]


def test_a_request_whose_process_died_is_looked_up(product: Product, pm: User, sandbox: Sandbox, settings: Settings):
    operation = create(product, pm)
    Operation.objects.filter(pk=operation.pk).update(state="sent", settled_at=None)
    reconciler.run_due()
    assert Operation.objects.get(pk=operation.pk).state == "sent", "its answer may still come"
    Operation.objects.update(sent_at=F("sent_at") - timedelta(seconds=settings.PLATFORM_TOTAL_TIMEOUT_S + 6))
    assert look(operation).state == OperationState.ADOPTED
    assert make.trail(action="module.create")[-2:] == [("module.create", "unknown"), ("module.create", "adopted")]


@pytest.mark.parametrize(("age_s", "state", "executed"), [(5, "planned", 0), (60, "done", 1), (3600, "not_sent", 0)])
def test_what_a_dead_process_planned_is_sent_unless_it_is_long_ago(
    product: Product, pm: User, sandbox: Sandbox, age_s: int, state: str, executed: int
):
    sandbox.control.clear_calls()
    operation = Operation.objects.create(
        form_token=uuid4(),
        account=product.account,
        action=Action.MODULE_CREATE,
        natural_key=f"{product.product_key}/ble",
        target_name="ble",
        parameters={"ProductKey": product.product_key, "ModuleName": "ble"},
        actor=pm,
        product=product,
        created_at=timezone.now() - timedelta(seconds=age_s),
    )
    assert look(operation).state == state
    assert len(sandbox.control.calls()) == executed


def test_a_retry_is_an_operation_of_its_own(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = create(product, pm, desc="kept")
    let_arrive(operation)
    look(operation)
    again = operations.retry(operation, actor=pm)
    operation.refresh_from_db()
    assert (again.state, again.retry_of, again.parameters) == ("done", operation, operation.parameters)
    assert (operation.state, operation.settled_by, operation.retry) == ("abandoned", pm, again)
    assert operations.retry(operation, actor=pm) == again
    assert [module["module_name"] for module in sandbox.control.state()["products"][0]["modules"]] == ["ble"]


def test_a_retry_that_breaks_a_rule_leaves_it_retryable(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = create(product, pm)
    let_arrive(operation)
    look(operation)
    Product.objects.update(vanished_at=timezone.now())
    operation = Operation.objects.get(pk=operation.pk)
    with pytest.raises(RulesBrokenError):
        operations.retry(operation, actor=pm)
    assert Operation.objects.get(pk=operation.pk).state == OperationState.RETRYABLE


def test_what_is_not_known_to_have_failed_is_not_tried_again(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = create(product, pm)
    with pytest.raises(SettledMeanwhileError):
        operations.retry(operation, actor=pm)
    assert Operation.objects.count() == 2, "the product's and this one"


def test_a_conflict_is_adopted_by_a_person_with_a_reason(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = create(product, pm, desc="mine")
    sandbox.control.create_module(product.product_key, "ble", desc="theirs")
    look(operation)
    reconciler.adopt(operation, actor=pm, reason="good enough")
    operation.refresh_from_db()
    assert (operation.state, operation.settled_by, operation.reason) == ("adopted", pm, "good enough")
    assert Module.objects.get().desc == "theirs"
    assert make.trail(action="module.create")[-2:] == [("module.create", "conflict"), ("module.create", "adopted")]
    with pytest.raises(SettledMeanwhileError):
        reconciler.adopt(operation, actor=pm, reason="twice")


def test_nothing_is_abandoned_while_it_may_still_arrive(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = create(product, pm)
    with pytest.raises(TooEarlyError):
        reconciler.abandon(operation, actor=pm, reason="impatient")
    let_arrive(operation)
    reconciler.abandon(operation, actor=pm, reason="not needed")
    assert Operation.objects.get(pk=operation.pk).state == OperationState.ABANDONED
    assert create(product, pm).state == OperationState.DONE
    with pytest.raises(SettledMeanwhileError):
        reconciler.abandon(operation, actor=pm, reason="twice")


def test_a_person_may_look_at_once(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=True)
    operation = create(product, pm)
    sandbox.control.add_fault("error_before", "ListOTAModuleByProduct")
    with pytest.raises(ReadFailedError):
        reconciler.look_again(operation, actor=pm)
    assert reconciler.look_again(operation, actor=pm).state == OperationState.ADOPTED
    assert reconciler.look_again(operation, actor=pm).state == OperationState.ADOPTED


def test_what_shows_up_after_all_can_still_be_adopted(product: Product, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateOTAModule", done=False)
    operation = create(product, pm)
    let_arrive(operation)
    look(operation)
    sandbox.control.create_module(product.product_key, "ble")
    assert reconciler.look_again(operation, actor=pm).state == OperationState.ADOPTED


def test_what_may_be_the_thing_of_an_open_create_is_neither_edited_nor_deleted(
    product: Product, pm: User, sandbox: Sandbox
):
    lose(sandbox, "CreateOTAModule", done=True)
    operation = create(product, pm)
    module = products.refresh(product=product, actor=pm).modules.get()
    for write in (
        lambda: modules.delete(module=module, form_token=uuid4(), actor=pm),
        lambda: modules.update(module=module, alias_name="", desc="new", form_token=uuid4(), actor=pm),
    ):
        with pytest.raises(UnderWayError) as caught:
            write()
        assert caught.value.operation == operation
    assert look(operation).state == OperationState.ADOPTED
    assert modules.delete(module=module, form_token=uuid4(), actor=pm).state == OperationState.DONE


def test_a_product_of_an_open_create_is_not_edited(alibaba: Account, pm: User, sandbox: Sandbox):
    lose(sandbox, "CreateProduct", done=True)
    products.create(account=alibaba, spec=make.product_spec("Lost"), form_token=uuid4(), actor=pm)
    key = sandbox.control.state()["products"][0]["product_key"]
    shown = products.register(account=alibaba, product_key=key, actor=pm)
    with pytest.raises(UnderWayError):
        products.update(product=shown, product_name="Found", description="", form_token=uuid4(), actor=pm)
