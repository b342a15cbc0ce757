from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from console.models import Account, AuditEntry, Operation, Product, User
from console.sandbox.server import Sandbox
from console.services import products
from console.services.audit_anchor import anchor_now
from tests import make


def url_of(entry: AuditEntry) -> str:
    return reverse("audit-detail", args=[entry.pk])


def test_it_shows_the_record_and_the_whole_operation(as_auditor: Client, alibaba: Account, pm: User):
    product = make.created_product(alibaba, pm)
    asked, done = AuditEntry.objects.filter(action="product.create").order_by("id")
    page = as_auditor.get(url_of(done)).content.decode()
    for text in (
        "ProductName",
        "Light_Living",
        "NodeType",
        done.request_id,
        done.operation_id,
        "this entry",
        url_of(asked),
        reverse("product-detail", args=[product.pk]),
    ):
        assert text in page


def test_a_refusal_shows_what_the_platform_said(as_auditor: Client, sandbox: Sandbox, pm: User):
    account = make.account(endpoint=sandbox.url, secret="wrong")
    with pytest.raises(AssertionError):
        make.created_product(account, pm)
    page = as_auditor.get(url_of(AuditEntry.objects.latest("id"))).content.decode()
    assert "SignatureDoesNotMatch" in page
    assert "refused" in page


def test_no_secret_is_in_the_trail(as_auditor: Client, alibaba: Account, pm: User):
    make.created_product(alibaba, pm)
    pages = [as_auditor.get(url_of(entry)).content.decode() for entry in AuditEntry.objects.all()]
    assert not any("sandbox-secret" in page for page in pages)


def test_an_object_that_is_no_longer_there_is_not_linked(as_auditor: Client, alibaba: Account, pm: User):
    product = make.cached_product(alibaba)
    entry = make.entry(pm, target=product, account=alibaba)
    Product.objects.all().delete()
    page = as_auditor.get(url_of(entry)).content.decode()
    assert "Light_Living" in page
    assert reverse("product-detail", args=[product.pk]) not in page


def test_a_module_leads_to_its_page(as_auditor: Client, alibaba: Account, pm: User):
    module = make.cached_module(make.cached_product(alibaba))
    page = as_auditor.get(url_of(make.entry(pm, target=module))).content.decode()
    assert reverse("module-detail", args=[module.pk]) in page


def test_an_account_is_linked_for_who_may_manage_it(as_auditor: Client, as_admin: Client, alibaba: Account):
    entry = AuditEntry.objects.get(action="account.create")
    link = f'href="{reverse("account-update", args=[alibaba.slug])}"'
    assert link in as_admin.get(url_of(entry)).content.decode()
    assert link not in as_auditor.get(url_of(entry)).content.decode()


def test_somebody_elses_entry_does_not_exist_for_who_sees_their_own(as_viewer: Client, as_pm: Client, pm: User):
    entry = make.entry(pm, target_name="Light_Living")
    assert as_pm.get(url_of(entry)).status_code == 200
    assert as_viewer.get(url_of(entry)).status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_an_unknown_entry_is_not_found(as_auditor: Client, number: str):
    assert as_auditor.get(f"/audit/{number}/").status_code == 404


def test_htmx_gets_the_entry_only(as_auditor: Client, pm: User):
    page = as_auditor.get(url_of(make.entry(pm)), headers=make.HTMX).content.decode()
    assert page.lstrip().startswith('<div id="entry"')


def test_anonymous_is_sent_to_sign_in(client: Client, db: None):
    assert client.get("/audit/1/").status_code == 302


def test_it_cannot_be_posted_to(as_auditor: Client, pm: User):
    assert as_auditor.post(url_of(make.entry(pm))).status_code == 405


def test_what_was_before_stands_beside_what_was_changed(as_auditor: Client, pm: User):
    parameters = {"before groups": "viewer", "after groups": "auditor", "username": "changed"}
    entry = make.entry(None, action="user.roles", target=pm, parameters=parameters)
    response = as_auditor.get(url_of(entry))
    shown = [(value.name, value.before, value.value) for value in response.context["values"]]
    assert shown == [("groups", "viewer", "auditor"), ("username", None, "changed")]
    assert '<del class="muted">viewer</del>' in response.content.decode()


def test_an_edit_shows_what_its_own_record_tells_of_before(as_auditor: Client, alibaba: Account, pm: User):
    product = make.created_product(alibaba, pm)
    products.update(product=product, product_name="Lamp", description="", form_token=uuid4(), actor=pm)
    Operation.objects.update(before={"ProductName": "changed later"})
    response = as_auditor.get(url_of(AuditEntry.objects.filter(action="product.update").latest("id")))
    shown = [(value.name, value.before, value.value) for value in response.context["values"]]
    assert ("ProductName", "Light_Living", "Lamp") in shown
    assert not [name for name, _, _ in shown if name == "before ProductName"]


def test_a_person_is_shown_by_the_present_name(as_auditor: Client, as_pm: Client, pm: User):
    entry = make.entry(None, action="user.update", target=pm)
    assert "person" in entry.target_name
    User.objects.filter(pk=pm.pk).update(username="renamed")
    page = as_auditor.get(url_of(entry)).content.decode()
    assert '<span class="anywhere">renamed</span>' in page
    assert reverse("admin:console_user_change", args=[pm.pk]) not in page


def test_the_request_can_be_copied_and_has_no_secret(as_auditor: Client, alibaba: Account, pm: User):
    make.created_product(alibaba, pm)
    page = as_auditor.get(url_of(AuditEntry.objects.latest("id"))).content.decode()
    for text in ("x-acs-action: CreateProduct", "curl -X POST", "CreateProductRequest", "aliyun iot CreateProduct"):
        assert text in page
    assert "sandbox-id" not in page


def test_its_place_in_the_chain_is_shown(as_auditor: Client, pm: User):
    entry = make.entry(pm)
    page = as_auditor.get(url_of(entry)).content.decode()
    for text in (entry.record_hash, entry.chain_hash, entry.seal, "not yet: the next anchor covers it"):
        assert text in page
    anchor = anchor_now()
    assert f"with all entries up to {anchor.sequence}" in as_auditor.get(url_of(entry)).content.decode()
