from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.models import Account, AuditEntry, Operation, OperationState, User
from console.sandbox.server import Sandbox
from console.services import modules
from tests import make

REASON = {"reason": "Made by <hand> meanwhile"}


@pytest.fixture
def conflict(alibaba: Account, pm: User, sandbox: Sandbox) -> Operation:
    """A create whose answer got lost, where the platform shows other texts than were asked for."""
    product = make.created_product(alibaba, pm)
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    spec = make.module_spec(product, desc="asked")
    operation = modules.create(product=product, spec=spec, form_token=uuid4(), actor=pm)
    sandbox.control.change_module(product.product_key, operation.target_name, desc="shown")
    columns = {"state": OperationState.CONFLICT, "finding": "Desc is “shown”.", "sent_at": long_ago()}
    Operation.objects.filter(pk=operation.pk).update(**columns)
    operation.refresh_from_db()
    return operation


def long_ago() -> object:
    return timezone.now() - timedelta(minutes=1)


def url_of(operation: Operation) -> str:
    return reverse("operation-adopt", args=[operation.pk])


def page_of(operation: Operation) -> str:
    return reverse("operation-detail", args=[operation.pk])


def test_what_is_there_is_taken_over(as_pm: Client, pm: User, conflict: Operation):
    response = as_pm.post(url_of(conflict), REASON)
    assert (response.status_code, response["Location"]) == (303, page_of(conflict))
    conflict.refresh_from_db()
    assert (conflict.state, conflict.settled_by, conflict.reason) == (OperationState.ADOPTED, pm, REASON["reason"])
    assert conflict.module
    assert conflict.module.desc == "shown"
    assert make.trail(action="module.create")[-1] == ("module.create", "adopted")
    assert REASON["reason"] in AuditEntry.objects.latest("id").record
    assert "Made by &lt;hand&gt; meanwhile" in as_pm.get(page_of(conflict)).content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_reason_is_needed(as_pm: Client, conflict: Operation, reason: str):
    response = as_pm.post(url_of(conflict), {"reason": reason})
    assert response.status_code == 422
    assert '<details class="card card-body" id="adopt" open>' in response.content.decode()
    conflict.refresh_from_db()
    assert conflict.state == OperationState.CONFLICT


@pytest.mark.parametrize("state", [OperationState.UNKNOWN, OperationState.ABANDONED, OperationState.DONE])
def test_what_is_no_conflict_is_left_as_it_is(as_pm: Client, conflict: Operation, state: OperationState):
    Operation.objects.filter(pk=conflict.pk).update(state=state)
    response = as_pm.post(url_of(conflict), REASON)
    assert response.status_code == 409
    assert "stands elsewhere by now" in response.content.decode()
    conflict.refresh_from_db()
    assert conflict.state == state


def test_a_silent_platform_is_told_and_nothing_is_taken_over(as_pm: Client, conflict: Operation, sandbox: Sandbox):
    sandbox.control.add_fault("drop_before", "ListOTAModuleByProduct", times=9)
    assert as_pm.post(url_of(conflict), REASON).status_code == 502
    conflict.refresh_from_db()
    assert (conflict.state, conflict.module) == (OperationState.CONFLICT, None)


def test_where_nothing_is_left_there_is_nothing_to_take_over(as_pm: Client, conflict: Operation, sandbox: Sandbox):
    assert conflict.product
    sandbox.control.delete_module(conflict.product.product_key, conflict.target_name)
    assert as_pm.post(url_of(conflict), REASON).status_code == 409


def test_htmx_is_sent_to_the_page(as_pm: Client, conflict: Operation):
    assert as_pm.post(url_of(conflict), REASON, headers=make.HTMX)["HX-Redirect"] == page_of(conflict)


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_is_turned_away_and_the_trail_says_so(
    request: pytest.FixtureRequest, who: str, conflict: Operation
):
    assert request.getfixturevalue(who).post(url_of(conflict), REASON).status_code == 403
    assert make.trail(action="operation.adopt") == [("operation.adopt", "denied")]
    conflict.refresh_from_db()
    assert conflict.state == OperationState.CONFLICT


def test_a_stranger_is_sent_to_sign_in(client: Client, conflict: Operation):
    assert client.post(url_of(conflict), REASON).status_code == 302


def test_an_unknown_id_is_not_found(as_pm: Client):
    assert as_pm.post(reverse("operation-adopt", args=[uuid4()]), REASON).status_code == 404


def test_adopting_is_no_reading(as_pm: Client, conflict: Operation):
    assert as_pm.get(url_of(conflict)).status_code == 405
