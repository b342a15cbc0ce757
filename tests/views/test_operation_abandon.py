from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.models import Account, AuditEntry, Operation, OperationState, User
from console.sandbox.server import Sandbox
from tests import make
from tests.views.ledger_rows import operation

REASON = {"reason": "Not <needed> any more"}


@pytest.fixture
def lost(alibaba: Account, pm: User) -> Operation:
    sent_at = timezone.now() - timedelta(minutes=1)
    return operation(make.cached_product(alibaba), pm, state=OperationState.UNKNOWN, sent_at=sent_at)


def url_of(operation: Operation) -> str:
    return reverse("operation-abandon", args=[operation.pk])


def page_of(operation: Operation) -> str:
    return reverse("operation-detail", args=[operation.pk])


@pytest.mark.parametrize("state", [OperationState.UNKNOWN, OperationState.CONFLICT, OperationState.RETRYABLE])
def test_it_is_given_up_with_the_reason(as_pm: Client, pm: User, lost: Operation, sandbox: Sandbox, state: str):
    Operation.objects.update(state=state)
    response = as_pm.post(url_of(lost), REASON)
    assert (response.status_code, response["Location"]) == (303, page_of(lost))
    lost.refresh_from_db()
    assert (lost.state, lost.settled_by, lost.reason) == (OperationState.ABANDONED, pm, REASON["reason"])
    assert make.trail(action="module.create") == [("module.create", "abandoned")]
    assert REASON["reason"] in AuditEntry.objects.latest("id").record
    assert sandbox.control.calls() == []
    shown = as_pm.get(page_of(lost)).content.decode()
    assert "It is given up. Nothing was changed on the platform." in shown
    assert "Not &lt;needed&gt; any more" in shown


def test_nobody_is_reminded_of_it_any_more(as_pm: Client, lost: Operation):
    def counted() -> bool:
        return 'class="badge"' in as_pm.get(reverse("operation-list")).content.decode()

    assert counted()
    as_pm.post(url_of(lost), REASON)
    assert not counted()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_reason_is_needed(as_pm: Client, lost: Operation, reason: str):
    response = as_pm.post(url_of(lost), {"reason": reason})
    assert response.status_code == 422
    assert '<details class="card card-body" id="abandon" open>' in response.content.decode()
    lost.refresh_from_db()
    assert lost.state == OperationState.UNKNOWN


def test_not_while_the_request_may_still_arrive(as_pm: Client, lost: Operation):
    Operation.objects.update(sent_at=timezone.now())
    response = as_pm.post(url_of(lost), REASON)
    assert response.status_code == 409
    assert "may still reach the platform until" in response.content.decode()
    lost.refresh_from_db()
    assert lost.state == OperationState.UNKNOWN


def test_somebody_else_was_faster(as_pm: Client, lost: Operation):
    Operation.objects.update(state=OperationState.ADOPTED)
    response = as_pm.post(url_of(lost), REASON)
    assert response.status_code == 409
    assert "stands elsewhere by now" in response.content.decode()
    lost.refresh_from_db()
    assert lost.state == OperationState.ADOPTED


def test_htmx_is_sent_to_the_page_or_gets_the_part(as_pm: Client, lost: Operation):
    assert as_pm.post(url_of(lost), REASON, headers=make.HTMX)["HX-Redirect"] == page_of(lost)
    again = as_pm.post(url_of(lost), REASON, headers=make.HTMX)
    assert again.status_code == 409
    assert again.content.decode().strip().startswith('<div id="operation"')


@pytest.mark.parametrize("who", ["as_viewer", "as_auditor"])
def test_who_may_not_write_is_turned_away_and_the_trail_says_so(
    request: pytest.FixtureRequest, who: str, lost: Operation
):
    assert request.getfixturevalue(who).post(url_of(lost), REASON).status_code == 403
    assert make.trail(action="operation.abandon") == [("operation.abandon", "denied")]
    lost.refresh_from_db()
    assert lost.state == OperationState.UNKNOWN


def test_a_stranger_is_sent_to_sign_in(client: Client, lost: Operation):
    assert client.post(url_of(lost), REASON).status_code == 302


def test_an_unknown_id_is_not_found(as_pm: Client):
    assert as_pm.post(reverse("operation-abandon", args=[uuid4()]), REASON).status_code == 404


def test_abandoning_is_no_reading(as_pm: Client, lost: Operation):
    assert as_pm.get(url_of(lost)).status_code == 405
