from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from console.models import Account, Operation, OperationState, User
from console.sandbox.server import Sandbox
from console.services import modules
from tests import make


@pytest.fixture
def retryable(alibaba: Account, pm: User, sandbox: Sandbox) -> Operation:
    """A create that never arrived, and that is known of it."""
    product = make.created_product(alibaba, pm)
    sandbox.control.add_fault("drop_before", "CreateOTAModule")
    operation = modules.create(product=product, spec=make.module_spec(product), form_token=uuid4(), actor=pm)
    Operation.objects.filter(pk=operation.pk).update(state=OperationState.RETRYABLE)
    operation.refresh_from_db()
    return operation


def url_of(operation: Operation) -> str:
    return reverse("operation-retry", args=[operation.pk])


def page_of(operation: Operation) -> str:
    return reverse("operation-detail", args=[operation.pk])


def creates(sandbox: Sandbox) -> int:
    """How many requests to create a module came in, the lost one included."""
    return len([call for call in sandbox.control.calls() if call["action"] == "CreateOTAModule"])


def test_it_is_asked_for_once_more_in_a_new_operation(as_pm: Client, retryable: Operation, sandbox: Sandbox):
    response = as_pm.post(url_of(retryable))
    retryable.refresh_from_db()
    again = retryable.retry
    assert (response.status_code, response["Location"]) == (303, page_of(again))
    assert (retryable.state, again.state) == (OperationState.ABANDONED, OperationState.DONE)
    assert "barcodeScanner" in str(sandbox.control.state())
    assert make.trail(action="module.create")[-3:] == [
        ("module.create", "abandoned"),
        ("module.create", "requested"),
        ("module.create", "done"),
    ]
    shown = as_pm.get(page_of(again)).content.decode()
    assert "It was tried again, in an operation of its own." in shown


def test_a_double_click_is_one_request(as_pm: Client, retryable: Operation, sandbox: Sandbox):
    before = creates(sandbox)
    first, second = (as_pm.post(url_of(retryable)) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert creates(sandbox) == before + 1


def test_somebody_else_who_is_slower_is_told(as_pm: Client, as_admin: Client, retryable: Operation, sandbox: Sandbox):
    as_pm.post(url_of(retryable))
    before = creates(sandbox)
    response = as_admin.post(url_of(retryable))
    assert response.status_code == 409
    assert "Nothing was sent to the platform." in response.content.decode()
    assert "How it ended" in response.content.decode(), "and how it stands now"
    assert creates(sandbox) == before


@pytest.mark.parametrize("state", [OperationState.UNKNOWN, OperationState.CONFLICT, OperationState.DONE])
def test_what_may_have_been_done_is_not_tried_again(
    as_pm: Client, retryable: Operation, sandbox: Sandbox, state: OperationState
):
    Operation.objects.filter(pk=retryable.pk).update(state=state)
    before = creates(sandbox)
    assert as_pm.post(url_of(retryable)).status_code == 409
    assert creates(sandbox) == before
    retryable.refresh_from_db()
    assert retryable.state == state


def test_a_platform_that_refuses_is_told_on_the_new_one(as_pm: Client, retryable: Operation, sandbox: Sandbox):
    sandbox.control.create_module(retryable.product.product_key, "BARCODESCANNER")
    response = as_pm.post(url_of(retryable))
    shown = as_pm.get(response["Location"]).content.decode()
    assert "The platform refused." in shown
    assert page_of(retryable) in shown


def test_a_silent_platform_leaves_the_new_one_unknown(as_pm: Client, retryable: Operation, sandbox: Sandbox):
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    as_pm.post(url_of(retryable))
    retryable.refresh_from_db()
    assert retryable.retry.state == OperationState.UNKNOWN


def test_a_rule_that_stands_against_it_by_now_is_told(as_pm: Client, retryable: Operation, sandbox: Sandbox):
    make.cached_module(retryable.product, "barcodescanner")
    response = as_pm.post(url_of(retryable))
    assert response.status_code == 422
    assert "Nothing was sent to the platform." in response.content.decode()
    retryable.refresh_from_db()
    assert retryable.state == OperationState.RETRYABLE


def test_htmx_is_sent_to_the_new_one(as_pm: Client, retryable: Operation):
    response = as_pm.post(url_of(retryable), headers=make.HTMX)
    retryable.refresh_from_db()
    assert response["HX-Redirect"] == page_of(retryable.retry)


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_is_turned_away_and_the_trail_says_so(
    request: pytest.FixtureRequest, who: str, retryable: Operation, sandbox: Sandbox
):
    before = creates(sandbox)
    assert request.getfixturevalue(who).post(url_of(retryable)).status_code == 403
    assert make.trail(action="operation.retry") == [("operation.retry", "denied")]
    assert creates(sandbox) == before


def test_a_stranger_is_sent_to_sign_in(client: Client, retryable: Operation):
    assert client.post(url_of(retryable)).status_code == 302


def test_an_unknown_id_is_not_found(as_pm: Client):
    assert as_pm.post(reverse("operation-retry", args=[uuid4()])).status_code == 404


def test_retrying_is_no_reading(as_pm: Client, retryable: Operation):
    assert as_pm.get(url_of(retryable)).status_code == 405
