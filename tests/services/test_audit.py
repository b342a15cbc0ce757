import json
from uuid import uuid4

import pytest
from django.db import transaction

from console.lib.canonical import canonical
from console.models import Account, AuditEntry, Outcome, User
from console.models.audit import AppendOnlyError
from console.sandbox.server import Sandbox
from console.services import audit, modules, products
from console.services.errors import RulesBrokenError
from console.services.roles import Role
from tests import make

COLUMNS = ("action", "outcome", "account_slug", "target_kind", "target_id", "target_name", "operation_id", "request_id")


def record_of(entry: AuditEntry) -> dict[str, object]:
    return audit.fields_of(entry.record)


def append(**changes: object) -> AuditEntry:
    values: dict[str, object] = {"action": "account.create", "outcome": Outcome.DONE, "actor": None}
    return audit.append(audit.Event(**values | changes))  # type: ignore[arg-type]


@pytest.fixture
def trail(alibaba: Account, pm: User, sandbox: Sandbox) -> list[AuditEntry]:
    """A product, a module that was refused, one that was done, and somebody who was denied."""
    product = make.created_product(alibaba, pm)
    sandbox.control.create_module(product.product_key, "taken")
    for name in ("taken", "barcodeScanner"):
        modules.create(product=product, spec=make.module_spec(product, name), form_token=uuid4(), actor=pm)
    audit.append_denied(action="module.delete", actor=make.user("viewer", Role.VIEWER), path="/modules/1/delete/")
    return list(AuditEntry.objects.order_by("id"))


def test_the_columns_say_what_the_record_says(trail: list[AuditEntry]):
    for entry in trail:
        record = record_of(entry)
        assert {name: getattr(entry, name) for name in COLUMNS} == {name: record[name] for name in COLUMNS}
        assert (entry.actor_id, entry.at.isoformat(" ", "microseconds")) == (record["actor_id"], record["at"])


def test_the_record_is_canonical(trail: list[AuditEntry]):
    for entry in trail:
        assert canonical(json.loads(entry.record)) == entry.record


def test_an_entry_says_who_did_what_to_which_object(alibaba: Account, pm: User, sandbox: Sandbox):
    product = make.created_product(alibaba, pm)
    entry = AuditEntry.objects.order_by("-id")[0]
    assert (entry.actor, entry.action, entry.outcome) == (pm, "product.create", "done")
    assert (entry.account_slug, entry.target_kind, entry.target_id) == (alibaba.slug, "product", str(product.pk))
    assert entry.request_id == sandbox.control.calls()[-1]["request_id"]
    assert record_of(entry)["parameters"] == {"ProductName": "Light_Living", "NodeType": "0"}


def test_a_refusal_has_the_words_of_the_platform(trail: list[AuditEntry]):
    (refused,) = [entry for entry in trail if entry.outcome == "refused"]
    record = record_of(refused)
    assert (record["code"], record["http_status"]) == ("iot.ota.sandbox.ModuleNameExisted", 200)
    assert record["message"]


def test_a_broken_rule_is_in_the_trail_though_nothing_was_sent(alibaba: Account, pm: User, sandbox: Sandbox):
    with pytest.raises(RulesBrokenError):
        products.create(account=alibaba, spec=make.product_spec("😀" * 300), form_token=uuid4(), actor=pm)
    entry = AuditEntry.objects.get(action="product.create")
    assert (entry.outcome, entry.operation_id, entry.request_id) == ("refused", "", "")
    assert entry.target_name == "😀" * 128
    assert record_of(entry)["parameters"]["ProductName"] == "😀" * 300
    assert sandbox.control.calls() == []


def test_an_entry_outside_of_a_transaction_is_a_bug_that_shows(transactional_db: None):
    with pytest.raises(RuntimeError, match="transaction"):
        append()


def test_an_entry_goes_with_its_change(transactional_db: None):
    with transaction.atomic():
        append()
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_an_entry_cannot_be_changed_replaced_or_deleted(db: None):
    entry = append()
    entry.outcome = Outcome.DENIED
    with pytest.raises(AppendOnlyError):
        entry.save()
    with pytest.raises(AppendOnlyError):
        entry.delete()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.get().save(update_fields=["outcome"])
    assert AuditEntry.objects.get().outcome == "done"


@pytest.mark.parametrize(
    "hostile", ["line\nbreak", "nul\0", "<script>alert(1)</script>", "灯\u202eevil", '"};{"', "x" * 5000]
)
def test_hostile_text_is_kept_and_cannot_forge_a_record(db: None, hostile: str):
    entry = append(target_name=hostile, message=hostile, parameters={"ProductName": hostile})
    entry.refresh_from_db()
    record = record_of(entry)
    assert (record["message"], record["parameters"]) == (hostile, {"ProductName": hostile})
    assert "\n" not in entry.record + entry.target_name
    assert len(entry.target_name) <= audit.TARGET_NAME_LENGTH
