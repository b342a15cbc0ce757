"""Finding out whether a platform that was out of reach answers again."""

from uuid import uuid4

import pytest
from pytest_django import Settings

from console.models import Account, AuditEntry, Circuit, Operation, Product, User
from console.sandbox.server import Sandbox
from console.services import circuit, modules, probes, products
from console.services.audit import details_of
from console.services.errors import ReadFailedError
from tests import make

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def product(alibaba: Account, pm: User, sandbox: Sandbox) -> Product:
    product = make.created_product(alibaba, pm)
    sandbox.control.clear_calls()
    return product


def move(account: Account, endpoint: str) -> None:
    account.endpoint = endpoint
    account.save()


def create(product: Product, actor: User, name: str = "barcodeScanner") -> Operation:
    return modules.create(product=product, spec=make.module_spec(product, name), form_token=uuid4(), actor=actor)


def break_down(account: Account) -> None:
    for _ in range(circuit.FAILURES_TO_OPEN):
        circuit.note_failure(account, "The endpoint refused the connection. Nothing was sent.")


def actions(sandbox: Sandbox) -> list[str]:
    return [call["action"] for call in sandbox.control.calls()]


def is_open() -> bool:
    return bool(circuit.find_open())


def test_five_creates_that_cannot_be_sent_open_it_and_the_sixth_does_not_try(
    product: Product, pm: User, sandbox: Sandbox
):
    home = product.account.endpoint
    move(product.account, NOWHERE)
    for number in range(5):
        assert (
            create(product, pm, f"module{number}").message == "The endpoint refused the connection. Nothing was sent."
        )
    move(product.account, home)
    sixth = create(product, pm)
    assert (sixth.state, sixth.code) == ("not_sent", "")
    assert sixth.message.startswith("The platform of “Alibaba test” has been out of reach since ")
    assert actions(sandbox) == []


def test_once_it_answers_a_probe_closes_it_and_creates_go_on(product: Product, pm: User, sandbox: Sandbox):
    break_down(product.account)
    circuit.make_due(product.account)
    assert probes.probe_due() == 1
    assert not is_open()
    assert create(product, pm).state == "done"
    assert actions(sandbox) == ["QueryProductList", "CreateOTAModule"]
    assert make.trail(action__startswith="account.")[1:] == [
        ("account.unreachable", "unreadable"),
        ("account.reachable", "done"),
    ]


def test_nothing_is_asked_before_its_time(alibaba: Account, sandbox: Sandbox):
    break_down(alibaba)
    assert probes.probe_due() == 0
    assert actions(sandbox) == []


def test_a_probe_without_an_answer_leaves_it_open_with_a_new_time(alibaba: Account, sandbox: Sandbox):
    break_down(alibaba)
    circuit.make_due(alibaba)
    due = Circuit.objects.get().probe_at
    sandbox.control.add_fault("error_before", "QueryProductList", status=503)
    assert probes.probe_due() == 1
    assert is_open()
    assert Circuit.objects.get().probe_at > due


def test_a_probe_that_is_refused_was_answered(alibaba: Account, sandbox: Sandbox):
    break_down(alibaba)
    circuit.make_due(alibaba)
    sandbox.control.add_fault("throttle", "QueryProductList")
    assert probes.probe_due() == 1
    assert not is_open()


def test_probing_ends_with_its_time_and_goes_on_the_next_time(alibaba: Account, tuya: Account):
    for account in (alibaba, tuya):
        break_down(account)
        circuit.make_due(account)
    assert probes.probe_due(budget_s=0) == 0
    assert probes.probe_due() == 2
    assert not is_open()


def test_somebody_who_asks_does_not_wait_for_the_time(alibaba: Account, pm: User):
    break_down(alibaba)
    assert probes.probe(account=alibaba, actor=pm) is None
    assert make.trail(actor=pm) == [("account.probe", "done")]


def test_somebody_who_asks_in_vain_sees_it_open(alibaba: Account, pm: User):
    break_down(alibaba)
    move(alibaba, NOWHERE)
    still_open = probes.probe(account=alibaba, actor=pm)
    assert still_open
    assert still_open.account == alibaba
    entry = AuditEntry.objects.get(actor=pm)
    assert (entry.action, entry.outcome) == ("account.probe", "not_sent")
    assert details_of(entry).message == "The endpoint refused the connection. Nothing was sent."


def test_a_refresh_that_comes_when_a_probe_is_due_is_the_probe(product: Product, pm: User):
    break_down(product.account)
    with pytest.raises(ReadFailedError, match="could not be sent"):
        products.refresh(product=product, actor=pm)
    circuit.make_due(product.account)
    products.refresh(product=product, actor=pm)
    assert not is_open()


def test_a_platform_that_hangs_is_out_of_reach_after_five_calls(
    product: Product, pm: User, sandbox: Sandbox, settings: Settings
):
    settings.PLATFORM_READ_TIMEOUT_S = 0.2
    sandbox.control.add_fault("hang_before", times=5)
    for number in range(5):
        assert create(product, pm, f"module{number}").state == "unknown"
    assert create(product, pm).state == "not_sent"
    assert circuit.why(circuit.find_open()[0]) == "The platform did not answer completely in time."
    assert len(actions(sandbox)) == 5


def test_one_platform_out_of_reach_leaves_the_others_alone(product: Product, pm: User, sandbox: Sandbox):
    break_down(make.account(slug="other"))
    assert create(product, pm).state == "done"
