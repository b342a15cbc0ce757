"""Every public function of the services that is not a reader by its name: what it writes is told, or why not."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from django_q.models import Schedule

from console.models import (
    Account,
    AuditEntry,
    Lane,
    Module,
    Operation,
    OperationState,
    Outcome,
    Product,
    Session,
    SyncRun,
    SyncState,
    User,
)
from console.platforms.errors import NotSent
from console.platforms.rules import Finding, Severity
from console.services import (
    accounts,
    audit,
    audit_anchor,
    audit_archive,
    audit_verify,
    circuit,
    demo,
    drift,
    drift_items,
    evidence,
    groups,
    intents,
    ledger,
    modules,
    operations,
    people,
    probes,
    products,
    pseudonyms,
    quota_limits,
    readings,
    reconciler,
    roles,
    rotation,
    schedules,
    second_factor,
    secrets,
    sessions,
    sso,
    sync_runs,
    sync_steps,
    syncs,
)
from console.services.audit_search import Search
from console.services.errors import ConsoleError, RulesBrokenError
from console.services.roles import Role
from tests import make
from tests.views.ledger_rows import operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a deed may need: it is on the sandbox and in the cache."""

    account: Account
    product: Product
    module: Module
    actor: User
    other: User

    @property
    def event(self) -> audit.Event:
        return audit.Event(action="product.refresh", outcome=Outcome.DONE, actor=self.actor, account=self.account)

    @property
    def reading(self) -> readings.Reading:
        return readings.Reading(account=self.account, at=timezone.now(), by=readings.REFRESH)

    def stuck(self, state: str, name: str = "barcodeScanner") -> Operation:
        return operation(self.product, self.actor, name, state, sent_at=timezone.now())

    def run(self) -> SyncRun:
        now = timezone.now()
        return SyncRun.objects.create(account=self.account, started_at=now, touched_at=now)

    def session(self) -> Session:
        return Session.objects.create(pk=uuid4().hex, user=self.actor, expire_date=timezone.now())


def _entry(stage: Stage, title: str, slug: str = "another") -> accounts.AccountEntry:
    return accounts.AccountEntry(
        slug=slug,
        title=title,
        platform="alibaba",
        endpoint=stage.account.endpoint,
        signature_scheme="acs3",
        access_key_id="sandbox-id",
        access_key_secret="sandbox-secret",
    )


def _within(deed: Callable[[], object]) -> None:
    with transaction.atomic():
        deed()


def _despite(deed: Callable[[], object]) -> None:
    with suppress(ConsoleError):
        deed()


def _change_name(person: User) -> None:
    person.first_name = "Ming"
    person.save()


def _telling(stage: Stage) -> None:
    with people.telling(stage.other, actor=stage.actor):
        _change_name(stage.other)


def _telling_new(stage: Stage) -> None:
    with people.telling_new(by="test"):
        make.user("entered")


def _tell_changes(stage: Stage) -> None:
    before = people.facts_of(stage.other)
    _change_name(stage.other)
    _within(lambda: people.tell_changes(stage.other, before=before, actor=stage.actor))


def _closed_circuit(stage: Stage) -> None:
    for _ in range(20):
        circuit.note_failure(stage.account, "no answer")
    circuit.note_success(stage.account)


_BROKEN = Finding(field="", severity=Severity.ERROR, rule="test", message="No.")


def _broken(stage: Stage) -> None:
    intents.tell_broken(stage.event, RulesBrokenError([_BROKEN]))


def _perform(stage: Stage) -> None:
    """The same form with other content: what is refused is told as well."""
    token = uuid4()
    for name in ("scanner_1", "scanner_2"):
        before = AuditEntry.objects.count()
        spec = make.module_spec(stage.product, name)
        _despite(lambda: modules.create(product=stage.product, spec=spec, form_token=token, actor=stage.actor))  # noqa: B023
        assert AuditEntry.objects.count() > before


def _item(stage: Stage) -> drift_items.DriftItem:
    return make.drift_item(stage.module)


def _archive(_stage: Stage) -> None:
    # All of the trail is older than that.
    with TemporaryDirectory() as folder, override_settings(AUDIT_RETENTION_DAYS=1e-9, AUDIT_ARCHIVE_DIR=Path(folder)):
        audit_archive.archive_due()


WRITERS: dict[str, Callable[[Stage], object]] = {
    "accounts.create": lambda s: accounts.create(entry=_entry(s, "Another"), actor=s.actor),
    "accounts.update": lambda s: accounts.update(s.account, entry=_entry(s, "Renamed"), actor=s.actor),
    "audit.append": lambda s: _within(lambda: audit.append(s.event)),
    "audit.append_denied": lambda s: audit.append_denied(action="module.create", actor=s.actor, path="/"),
    "audit_anchor.anchor_now": lambda s: audit_anchor.anchor_now(actor=s.actor),
    "audit_archive.archive_due": _archive,
    "audit_verify.start": lambda s: audit_verify.start(s.actor),
    "audit_verify.step": lambda s: audit_verify.step(audit_verify.begin(actor=s.actor).pk),
    "circuit.note_failure": lambda s: [circuit.note_failure(s.account, "no answer") for _ in range(20)],
    "circuit.note_success": _closed_circuit,
    "demo.fill": lambda _: demo.fill(password="x", port=1, key_id="id", key_secret="secret"),
    "drift.found_new": lambda s: _within(lambda: drift.found_new(s.reading, make.cached_product(s.account, "Found"))),
    "drift.found_changed": lambda s: _within(lambda: drift.found_changed(s.reading, s.module, before={"desc": "was"})),
    "drift.found_gone": lambda s: _within(lambda: drift.found_gone(s.reading, make.cached_product(s.account, "Found"))),
    "drift_items.accept": lambda s: drift_items.accept(_item(s), actor=s.actor),
    "drift_items.accept_several": lambda s: drift_items.accept_several([_item(s).pk], actor=s.actor),
    "drift_items.ignore": lambda s: drift_items.ignore(_item(s), actor=s.actor),
    "drift_items.claim": lambda s: drift_items.claim(_item(s), person=s.other, reason="", actor=s.actor),
    "evidence.export": lambda s: list(evidence.export(search=Search(), reader=s.actor)),
    "groups.tell": lambda s: _within(lambda: groups.tell(Group.objects.get(name="viewer"), before="", actor=s.actor)),
    "intents.tell_broken": _broken,
    "intents.tell_refused": lambda s: intents.tell_refused(s.event, code="c", message="m"),
    "ledger.tell": lambda s: _within(lambda: ledger.tell(s.stuck("done"), Outcome.DONE, actor=s.actor)),
    "modules.create": lambda s: modules.create(
        product=s.product, spec=make.module_spec(s.product, "new"), form_token=uuid4(), actor=s.actor
    ),
    "modules.update": lambda s: modules.update(
        module=s.module, alias_name="Alias", desc="Text.", form_token=uuid4(), actor=s.actor
    ),
    "modules.delete": lambda s: modules.delete(module=s.module, form_token=uuid4(), actor=s.actor),
    "operations.perform": _perform,
    "operations.execute": lambda s: operations.execute(s.stuck(OperationState.PLANNED, "new"), lane=Lane.FORM),
    "operations.retry": lambda s: operations.retry(s.stuck(OperationState.RETRYABLE, "new"), actor=s.actor),
    "people.tell_created": lambda s: _within(lambda: people.tell_created(s.other, actor=s.actor)),
    "people.tell_changes": _tell_changes,
    "people.telling": _telling,
    "people.telling_new": _telling_new,
    "probes.probe": lambda s: probes.probe(account=s.account, actor=s.actor),
    "products.create": lambda s: make.created_product(s.account, s.actor, "New_Lamp"),
    "products.update": lambda s: products.update(
        product=s.product, product_name="Renamed", description="", form_token=uuid4(), actor=s.actor
    ),
    "products.register": lambda s: products.register(
        account=s.account, product_key=s.product.product_key, actor=s.actor
    ),
    "products.refresh": lambda s: products.refresh(product=s.product, actor=s.actor),
    "products.tell_failed_read": lambda s: products.tell_failed_read(s.event, NotSent("refused")),
    "pseudonyms.pseudonymise": lambda s: pseudonyms.pseudonymise(s.other, actor=s.actor),
    "quota_limits.change_limits": lambda s: quota_limits.change_limits(
        s.account, limits={"CreateOTAModule": 5}, actor=s.actor
    ),
    "reconciler.look_again": lambda s: reconciler.look_again(s.stuck("unknown"), actor=s.actor),
    "reconciler.adopt": lambda s: reconciler.adopt(s.stuck("conflict"), actor=s.actor, reason="It is right."),
    "reconciler.abandon": lambda s: reconciler.abandon(s.stuck("retryable"), actor=s.actor, reason="Not needed."),
    "roles.grant": lambda s: roles.grant(s.other, Role.AUDITOR, actor=s.actor),
    "roles.revoke": lambda s: roles.revoke(s.other, Role.VIEWER, actor=s.actor),
    "rotation.rotate": lambda s: rotation.rotate(actor=s.actor),
    "schedules.change": lambda s: schedules.change(Schedule.objects.get(name="sync"), every_s=None, actor=s.actor),
    "second_factor.reset": lambda s: second_factor.reset(s.other, actor=s.actor),
    "secrets.reveal": lambda s: secrets.reveal(
        product=s.product, reason="A factory needs it.", form_token=uuid4(), actor=s.actor
    ),
    "sessions.end": lambda s: sessions.end(pk=s.session().pk, actor=s.actor),
    "sessions.end_all": lambda s: [s.session(), sessions.end_all(actor=s.actor)],
    "sessions.end_of": lambda s: [s.session(), sessions.end_of(s.actor, actor=s.other)],
    "sessions.end_everybodys": lambda s: [s.session(), sessions.end_everybodys(by="test")],
    "sso.follow_roles": lambda s: sso.follow_roles(s.other, frozenset({Role.AUDITOR})),
    "sync_runs.end": lambda s: sync_runs.end(s.run(), SyncState.COMPLETE),
    "sync_runs.tell": lambda s: _within(lambda: sync_runs.tell(s.run(), Outcome.DONE, actor=s.actor)),
    "sync_steps.step": lambda s: sync_steps.step(s.run().pk),
    "syncs.start": lambda s: syncs.start(account=s.account, actor=s.actor),
    "syncs.start_all": lambda _: syncs.start_all(),
    "syncs.cancel": lambda s: syncs.cancel(s.run(), actor=s.actor),
}

# They write, and what they write is told by whom they work for; or there is nothing in it that anybody did.
PARTS: dict[str, str] = {
    "accounts": "take_turns client_for sealer connection_of",
    "audit": "details_of fields_of with_before without_before",
    "audit_anchor": "anchor_due text_of line_of moment",
    "audit_archive": "take_away",
    "audit_archived": "statement_of walk_archive",
    "audit_chain": "store make_head teach_sqlite",
    "audit_diagnosis": "diagnose quote_differences",
    "audit_ends": "stored_anchors read_anchors",
    "audit_guards": "ensure put drop",
    "audit_places": "configured send",
    "audit_search": "filtered latest story_of",
    "audit_signing": "public_key sign",
    "audit_verify": "begin go_on",
    "audit_walk": "walk",
    "arrival": "ago longest_way_s believed_at",
    "bulkhead": "place",
    "cache": "store_product store_page store_module store_modules settle_unseen_products mark_gone",
    "cache_rows": "fill verify settle_unseen mark_gone",
    "categories": "refresh",
    "circuit": "require_closed why noting make_due",
    "clock": "run tick",
    "deeds": "deed_of",
    "demo": "renew exists",
    "drift": "values_of",
    "drift_items": "open_on_products open_on_modules",
    "evidence": "select",
    "evidence_pack": "anchor_of stream",
    "evidence_files": "as_is entries_jsonl entries_csv people_csv anchors_jsonl",
    "first_passwords": "mark setting",
    "gate": "gate_for",
    "heartbeat": "beat",
    "intents": "record event_of",
    "ledger": "move",
    "leftovers": "give_up_sent resume",
    "lockout": "name_of address_of plain network_of",
    "module_rules": "findings_for_new findings_for_change findings_for_deletion taken_names",
    "module_search": "modules_of",
    "modules": "preview_new",
    "one_connection": "keep",
    "overview": "figures",
    "paging": "page aware",
    "people": "facts_of",
    "probes": "probe_due",
    "problems": "problem_of problem_of_operation",
    "product_rules": "findings_for_new findings_for_change",
    "pseudonyms": "pseudonym_of",
    "queues": "put forget_old_failures",
    "quota": "slot",
    "quota_limits": "ensure limits_of",
    "quota_paces": "expected_wait_s paces_of groups_of",
    "quota_slots": "lease give_back durations",
    "quota_sql": "run",
    "quota_use": "end_call usage_of",
    "reconciler": "run_due",
    "roles": "roles_of permissions_of reads_all_audit make_groups",
    "rules": "refuse_broken broken",
    "schedules": "ensure queue_due",
    "sealed_sessions": "held_in row_key_of",
    "second_factor": "needs_one place_of use_up",
    "sessions": "listen begin why_over note_click browser_of drop_all",
    "sightings": "differences verdict_on_edit likely_maker",
    "sign_in_audit": "listen",
    "slots": "slots_of",
    "sso": "title roles_in nonce_of",
    "sso_factor": "note was_asked_for says_so",
    "sync_progress": "progress_of",
    "sync_runs": "hold save",
    "syncs": "take_up_stalled latest_of verified_at_of",
    "visibility": "sees_all accounts_of hidden_from products_of modules_of operations_of drift_of syncs_of circuits_of "
    "entries_of may_open",
    "worker": "run",
}
