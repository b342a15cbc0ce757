from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.models import Account, Operation, OperationState, Product, User
from console.sandbox.server import Sandbox
from console.services import modules, products
from tests import make


@pytest.fixture
def product(alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


@pytest.fixture
def done(product: Product, pm: User) -> Operation:
    return create(product, pm)


@pytest.fixture
def unknown(product: Product, pm: User, sandbox: Sandbox) -> Operation:
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    return create(product, pm)


def create(product: Product, actor: User) -> Operation:
    spec = make.module_spec(product, desc="<b>bold</b>")
    return modules.create(product=product, spec=spec, form_token=uuid4(), actor=actor)


def page_of(operation: Operation) -> str:
    return reverse("operation-detail", args=[operation.pk])


def test_what_was_asked_and_what_came_of_it(as_viewer: Client, done: Operation):
    shown = as_viewer.get(page_of(done)).content.decode()
    assert done.request_id in shown
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown
    assert "barcodeScanner" in shown
    assert reverse("product-detail", args=[done.product_id]) in shown


def test_an_unknown_one_says_what_is_known_and_what_to_do(as_pm: Client, unknown: Operation):
    shown = as_pm.get(page_of(unknown)).content.decode()
    assert "It may have changed the platform. It will not be sent a second time." in shown
    assert "nobody can start another create of “barcodeScanner” meanwhile" in shown
    assert reverse("product-refresh", args=[unknown.product_id]) in shown


def test_what_was_seen_since_is_told_without_settling_it(as_pm: Client, pm: User, unknown: Operation):
    assert "The platform shows the module" not in as_pm.get(page_of(unknown)).content.decode()
    assert unknown.product
    products.refresh(product=unknown.product, actor=pm)
    shown = as_pm.get(page_of(unknown)).content.decode()
    assert "The platform shows the module “barcodeScanner”" in shown
    unknown.refresh_from_db()
    assert unknown.state == OperationState.UNKNOWN


def test_a_lost_product_offers_to_sync_its_account(as_pm: Client, unknown: Operation):
    Operation.objects.filter(pk=unknown.pk).update(product=None, action="product.create")
    assert reverse("sync-start", args=[unknown.account.slug]) in as_pm.get(page_of(unknown)).content.decode()


def test_a_viewer_is_offered_no_deed(as_viewer: Client, unknown: Operation):
    assert reverse("product-refresh", args=[unknown.product_id]) not in as_viewer.get(page_of(unknown)).content.decode()


def test_one_under_way_is_followed(as_viewer: Client, unknown: Operation):
    Operation.objects.filter(pk=unknown.pk).update(state=OperationState.SENT, created_at=timezone.now())
    response = as_viewer.get(page_of(unknown), headers=make.HTMX)
    assert response.status_code == 200
    assert response.content.strip().startswith(b'<div id="operation"')
    assert b'hx-trigger="every 2s"' in response.content


def test_following_ends_when_it_is_settled(as_viewer: Client, done: Operation):
    response = as_viewer.get(page_of(done), headers=make.HTMX)
    assert response.status_code == 286
    assert b"hx-trigger" not in response.content


def test_one_that_hangs_is_not_called_under_way(as_viewer: Client, unknown: Operation):
    before = timezone.now() - timedelta(minutes=5)
    Operation.objects.filter(pk=unknown.pk).update(state=OperationState.SENT, created_at=before)
    shown = as_viewer.get(page_of(unknown)).content.decode()
    assert "This takes unusually long." in shown
    assert 'hx-trigger="every 30s"' in shown


def test_the_entries_open_for_those_who_may_read_them(
    as_viewer: Client, as_auditor: Client, as_pm: Client, done: Operation
):
    entry = reverse("audit-list")
    story = [line.url for line in as_auditor.get(page_of(done)).context["story"]]
    assert [url.startswith(entry) for url in story] == [True, True]
    assert [line.url for line in as_pm.get(page_of(done)).context["story"]] == story
    assert [line.url for line in as_viewer.get(page_of(done)).context["story"]] == ["", ""]


def test_a_stranger_is_sent_to_sign_in(client: Client, done: Operation):
    assert client.get(page_of(done)).status_code == 302


def test_an_unknown_id_is_not_found(as_pm: Client):
    assert as_pm.get(reverse("operation-detail", args=[uuid4()])).status_code == 404


def test_it_only_reads(as_pm: Client, done: Operation):
    assert as_pm.post(page_of(done)).status_code == 405
