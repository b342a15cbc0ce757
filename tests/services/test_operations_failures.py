"""Every way in which a platform can fail a write: what is stored, what the trail says, what a person is told."""

from uuid import uuid4

import pytest
from pytest_django import Settings

from console.models import Account, AuditEntry, Module, Operation, OperationState, Product, User
from console.sandbox.server import Sandbox
from console.services import accounts, ledger, modules, operations, products
from console.services.errors import UnderWayError
from console.services.problems import problem_of_operation
from tests import make

NOTHING_SENT = "Nothing was sent to the platform."
NOTHING_CHANGED = "Nothing was changed on the platform."
UNSETTLED = "It may have changed the platform. It will not be sent a second time."


@pytest.fixture
def product(alibaba: Account, pm: User, sandbox: Sandbox) -> Product:
    product = make.created_product(alibaba, pm)
    sandbox.control.clear_calls()
    return product


@pytest.fixture(autouse=True)
def little_patience(settings: Settings) -> None:
    settings.PLATFORM_READ_TIMEOUT_S = 0.4


def create(product: Product, actor: User, name: str = "barcodeScanner") -> Operation:
    operation = modules.create(product=product, spec=make.module_spec(product, name), form_token=uuid4(), actor=actor)
    operation.refresh_from_db()
    return operation


def told(operation: Operation) -> tuple[str, int]:
    problem = problem_of_operation(operation)
    assert problem
    return problem.changed, problem.status


def arrived(sandbox: Sandbox) -> list[bool]:
    """For each call that the sandbox received whether it was carried out."""
    return [call["executed"] for call in sandbox.control.calls()]


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-id")[0]


def edit(account: Account, **changes: str) -> None:
    for name, value in changes.items():
        setattr(account, name, value)
    account.save()


@pytest.mark.parametrize("scheme", ["acs3", "rpc-v1"])
def test_a_wrong_key_is_a_refusal_that_sends_one_to_an_administrator(
    product: Product, pm: User, sandbox: Sandbox, scheme: str
):
    account = product.account
    account.sealed_access_key_secret = accounts.sealer().seal("another-secret", place=account.place_of_secret)
    edit(account, signature_scheme=scheme)
    operation = create(product, pm)
    assert (operation.state, operation.code, operation.http_status) == ("refused", "SignatureDoesNotMatch", 400)
    assert told(operation) == (NOTHING_CHANGED, 409)
    assert "administrator" in problem_of_operation(operation).next
    assert "another-secret" not in operation.message + last_entry().record
    assert arrived(sandbox) == [False]
    assert make.trail(action="module.create") == [("module.create", "requested"), ("module.create", "refused")]


def test_an_endpoint_that_refuses_the_connection_is_not_sent(product: Product, pm: User, sandbox: Sandbox):
    edit(product.account, endpoint="http://127.0.0.1:9")
    operation = create(product, pm)
    assert operation.state == OperationState.NOT_SENT
    assert (operation.request_id, operation.http_status) == ("", None)
    assert told(operation) == (NOTHING_SENT, 503)
    assert operation.message == "The endpoint refused the connection. Nothing was sent."
    assert sandbox.control.calls() == []
    assert make.trail(action="module.create") == [("module.create", "requested"), ("module.create", "not_sent")]


@pytest.mark.parametrize(
    ("kind", "was_done", "status"),
    [
        ("error_before", False, 500),
        ("error_after", True, 500),
        ("system_exception_before", False, 200),
        ("system_exception_after", True, 200),
        ("nonce_used", False, 400),
        ("not_json", True, 200),
        ("truncate", True, 200),
        ("break_off", True, None),
        ("drop_before", False, None),
        ("drop_after", True, None),
        ("hang_before", False, None),
        ("hang_after", True, None),
    ],
)
def test_an_answer_that_settles_nothing_is_unknown(
    product: Product, pm: User, sandbox: Sandbox, kind: str, was_done: bool, status: int | None
):
    sandbox.control.add_fault(kind, "CreateOTAModule")
    operation = create(product, pm)
    assert (operation.state, operation.http_status, operation.attempts) == ("unknown", status, 1)
    assert operation.settled_at is None
    assert operation.message
    assert told(operation) == (UNSETTLED, 502)
    assert arrived(sandbox) == [was_done]
    assert not Module.objects.exists()
    assert make.trail(action="module.create") == [("module.create", "requested"), ("module.create", "unknown")]


def test_what_is_unknown_is_not_sent_again_by_anybody(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    create(product, pm)
    with pytest.raises(UnderWayError) as caught:
        create(product, pm)
    assert caught.value.operation.state == OperationState.UNKNOWN
    assert caught.value.problem.changed == NOTHING_SENT
    assert len(sandbox.control.calls()) == 1


def test_the_code_of_a_platform_that_failed_is_kept(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("system_exception_after", "CreateOTAModule")
    operation = create(product, pm)
    assert operation.code == "iot.system.SystemException"
    assert operation.request_id == last_entry().request_id != ""


def test_one_throttling_answer_is_waited_out(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("throttle", "CreateOTAModule")
    operation = create(product, pm)
    assert (operation.state, operation.attempts) == ("done", 2)
    assert arrived(sandbox) == [False, True]
    assert Module.objects.get().module_name == "barcodeScanner"


def test_throttling_without_end_is_a_refusal_to_be_tried_later(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("throttle", "CreateOTAModule", times=100)
    operation = create(product, pm)
    assert (operation.state, operation.code) == ("refused", "Throttling.User")
    assert operation.attempts == len(sandbox.control.calls()) == operations.THROTTLED_ATTEMPTS
    assert told(operation) == (NOTHING_CHANGED, 409)
    assert "Wait a few seconds" in problem_of_operation(operation).next
    sandbox.control.clear_faults()
    assert create(product, pm).state == OperationState.DONE


def test_a_product_deleted_behind_our_back_is_a_refusal_that_says_so(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.delete_product(product.product_key)
    operation = create(product, pm)
    assert (operation.state, operation.code) == ("refused", "iot.prod.NotExistedProduct")
    assert (
        problem_of_operation(operation).next == "The product is gone from the platform. Refresh it here to mark it so."
    )
    assert told(operation) == (NOTHING_CHANGED, 409)


def test_a_module_that_somebody_made_elsewhere_is_a_refusal(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.create_module(product.product_key, "barcodeScanner")
    operation = create(product, pm)
    assert (operation.state, operation.code) == ("refused", "iot.ota.sandbox.ModuleNameExisted")
    assert operation.message
    assert not Module.objects.exists()


def test_a_refused_name_is_free_for_the_next_attempt(product: Product, pm: User, sandbox: Sandbox):
    sandbox.control.create_module(product.product_key, "barcodeScanner")
    assert create(product, pm).state == OperationState.REFUSED
    sandbox.control.delete_module(product.product_key, "barcodeScanner")
    assert create(product, pm).state == OperationState.DONE


def test_a_secret_that_does_not_open_is_not_sent(product: Product, pm: User, sandbox: Sandbox):
    other = make.account(slug="other")
    edit(product.account, sealed_access_key_secret=other.sealed_access_key_secret)
    operation = create(product, pm)
    assert operation.state == OperationState.NOT_SENT
    assert "does not open" in operation.message
    assert told(operation) == (NOTHING_SENT, 503)
    assert "administrator" in problem_of_operation(operation).next
    assert make.trail(action="module.create") == [("module.create", "not_sent")]


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "ftp://example.com"},
        {"endpoint": "http://iot.example.com"},
        {"access_key_id": "with blank"},
        {"signature_scheme": "none"},
        {"http_method": "GET"},
    ],
)
def test_an_account_that_cannot_be_used_is_not_sent(
    product: Product, pm: User, sandbox: Sandbox, changes: dict[str, str]
):
    edit(product.account, **changes)
    operation = create(product, pm)
    assert operation.state == OperationState.NOT_SENT
    assert operation.message.startswith("The account's settings cannot be used: ")
    assert told(operation) == (NOTHING_SENT, 503)
    assert sandbox.control.calls() == []


def test_a_create_of_a_product_fails_by_the_same_rules(alibaba: Account, pm: User, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "CreateProduct")
    operation = products.create(account=alibaba, spec=make.product_spec(), form_token=uuid4(), actor=pm)
    assert operation.state == OperationState.UNKNOWN
    assert not Product.objects.exists()
    assert ledger.count_unsettled(reader=pm) == 1
    with pytest.raises(UnderWayError):
        products.create(account=alibaba, spec=make.product_spec(), form_token=uuid4(), actor=pm)
