import json
from uuid import uuid4

import pytest
from django.db import transaction

from console.lib.canonical import canonical
from console.models import Account, AuditEntry, Outcome, User
from console.models.audit import AppendOnlyError
from console.sandbox.server import Sandbox
from console.services import audit, modules, product_search, products
from console.services.errors import RulesBrokenError
from console.services.roles import Role
from tests import make

COLUMNS = ("action", "outcome", "account_slug", "target_kind", "target_id", "target_name", "operation_id", "request_id")


def record_of(entry: AuditEntry) -> dict[str, object]:
    return json.loads(entry.record)


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
        assert (entry.actor_id, entry.at.isoformat(timespec="microseconds")) == (record["actor_id"], record["at"])


def test_the_record_is_canonical(trail: list[AuditEntry]):
    for entry in trail:
        assert canonical(record_of(entry)) == entry.record


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


def found(**filters: object) -> list[tuple[str, str]]:
    page = audit.find_entries(search=audit.Search(**filters), only_of=None)  # type: ignore[arg-type]
    return [(entry.action, entry.outcome) for entry in page.rows]


def test_the_filters_find_by_person_action_outcome_and_account(trail: list[AuditEntry], alibaba: Account):
    assert found(actor="viewer") == [("module.delete", "denied")]
    assert found(action="product.create") == [("product.create", "done"), ("product.create", "requested")]
    assert found(outcome="refused") == [("module.create", "refused")]
    assert len(found(account=alibaba.slug)) == len(trail) - 1
    assert found(account="elsewhere") == []


def test_the_filters_find_by_text_and_time(trail: list[AuditEntry]):
    assert found(text="BARCODE") == [("module.create", "done"), ("module.create", "requested")]
    done = trail[-2]
    assert found(text=done.request_id) == [("module.create", "done")]
    assert len(found(text=done.operation_id)) == 2
    assert found(since=trail[-1].at) == [("module.delete", "denied")]
    assert len(found(until=trail[-1].at)) == len(trail) - 1


def test_somebody_who_may_see_only_their_own_sees_only_their_own(trail: list[AuditEntry], pm: User):
    page = audit.find_entries(search=audit.Search(actor="viewer"), only_of=pm)
    assert page.rows == []
    own = audit.find_entries(search=audit.Search(), only_of=pm)
    assert {entry.actor_id for entry in own.rows} == {pm.pk}


def test_the_story_of_an_operation_and_the_history_of_an_object(trail: list[AuditEntry]):
    story = audit.story_of(trail[-2].operation_id)
    assert [entry.outcome for entry in story] == ["requested", "done"]
    product = product_search.find_products(search=product_search.ProductSearch()).rows[0]
    module = product.modules.get()
    assert audit.latest(only_of=None, of=[product, module])[0] == trail[-2]
    assert len(audit.latest(only_of=None, of=[product, module], size=2)) == 2


def test_the_latest_leave_out_a_request_that_is_answered(trail: list[AuditEntry]):
    shown = audit.latest(only_of=None, size=20)
    answered = {entry.operation_id for entry in shown if entry.operation_id}
    assert answered
    assert all(entry.outcome != "requested" for entry in shown if entry.operation_id in answered)
