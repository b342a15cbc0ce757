from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.models import Account, Operation, OperationState, User
from console.sandbox.server import Sandbox
from console.services import modules
from tests import make


@pytest.fixture
def lost(alibaba: Account, pm: User, sandbox: Sandbox) -> Operation:
    """A create whose answer got lost after the platform had done it."""
    product = make.created_product(alibaba, pm)
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    return modules.create(product=product, spec=make.module_spec(product), form_token=uuid4(), actor=pm)


def url_of(operation: Operation) -> str:
    return reverse("operation-look", args=[operation.pk])


def page_of(operation: Operation) -> str:
    return reverse("operation-detail", args=[operation.pk])


def test_what_the_platform_shows_settles_it(as_pm: Client, lost: Operation):
    response = as_pm.post(url_of(lost))
    assert (response.status_code, response["Location"]) == (303, page_of(lost))
    assert "It was looked up just now." in as_pm.get(page_of(lost)).content.decode()
    lost.refresh_from_db()
    assert lost.state == OperationState.ADOPTED
    assert lost.module
    assert make.trail(action="module.create")[-1] == ("module.create", "adopted")


def test_a_missing_one_is_told_and_stays_unknown_until_that_is_a_proof(
    as_pm: Client, lost: Operation, sandbox: Sandbox
):
    sandbox.control.delete_module(lost.product.product_key, lost.target_name)
    as_pm.post(url_of(lost))
    assert "The platform lists no module of this name." in as_pm.get(page_of(lost)).content.decode()
    lost.refresh_from_db()
    assert lost.state == OperationState.UNKNOWN
    Operation.objects.update(sent_at=timezone.now() - timedelta(minutes=1))
    as_pm.post(url_of(lost))
    lost.refresh_from_db()
    assert lost.state == OperationState.RETRYABLE


def test_one_that_is_settled_already_is_shown_as_it_is(as_pm: Client, lost: Operation, sandbox: Sandbox):
    Operation.objects.update(state=OperationState.ADOPTED)
    before = len(sandbox.control.calls())
    assert as_pm.post(url_of(lost))["Location"] == page_of(lost)
    assert len(sandbox.control.calls()) == before


def test_htmx_is_sent_to_the_page(as_pm: Client, lost: Operation):
    assert as_pm.post(url_of(lost), headers=make.HTMX)["HX-Redirect"] == page_of(lost)


def test_a_silent_platform_is_told(as_pm: Client, lost: Operation, sandbox: Sandbox):
    sandbox.control.add_fault("drop_before", "ListOTAModuleByProduct", times=9)
    response = as_pm.post(url_of(lost))
    assert response.status_code == 502
    shown = response.content.decode()
    assert "The platform gave no usable answer." in shown
    assert "What is being done" in shown
    lost.refresh_from_db()
    assert lost.state == OperationState.UNKNOWN


def test_a_platform_that_refuses_is_told(as_pm: Client, lost: Operation, sandbox: Sandbox):
    sandbox.control.add_fault("throttle", "ListOTAModuleByProduct", times=9)
    response = as_pm.post(url_of(lost), headers=make.HTMX)
    assert response.status_code == 409
    assert response.content.decode().strip().startswith('<div id="operation"')


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_is_turned_away_and_the_trail_says_so(
    request: pytest.FixtureRequest, who: str, lost: Operation
):
    assert request.getfixturevalue(who).post(url_of(lost)).status_code == 403
    assert make.trail(action="operation.look") == [("operation.look", "denied")]
    lost.refresh_from_db()
    assert lost.looks == 0


def test_a_stranger_is_sent_to_sign_in(client: Client, lost: Operation):
    assert client.post(url_of(lost)).status_code == 302


def test_an_unknown_id_is_not_found(as_pm: Client):
    assert as_pm.post(reverse("operation-look", args=[uuid4()])).status_code == 404


def test_looking_is_no_reading(as_pm: Client, lost: Operation):
    assert as_pm.get(url_of(lost)).status_code == 405
