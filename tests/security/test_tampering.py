"""Every way to change the trail by direct SQL is found, and the first bad entry named, on either database."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as console
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from console.lib import chain
from console.models import AuditAnchor, AuditEntry, AuditVerification, User
from console.services import audit_anchor, audit_verify
from tests import make
from tests.security import tampering as to
from tests.security.tampering import sql, verify

pytestmark = pytest.mark.django_db
LENGTH = 8
TEXTS = [name for name in to.COLUMNS if name not in ("id", "at", "actor_id")]
DERIVED = [name for name in to.COLUMNS if name not in ("id", "record", "record_hash", "chain_hash", "seal")]


@pytest.fixture
def trail(db: None, pm: User) -> list[AuditEntry]:
    """Eight entries and an anchor of the seventh; nothing protects them but the chain."""
    entries = [make.entry(pm, message=f"This is {number}.", target_name=f"name-{number}") for number in range(7)]
    audit_anchor.anchor_now()
    entries.append(make.entry(None, request_id="R-1", message="The last."))
    make.user("other")
    to.take_guards_away()
    return entries


def found() -> tuple[int | None, str]:
    """The number and the kind of what a verification finds first."""
    done = verify()
    return done.bad_entry, done.finding.partition(": ")[2].partition(". ")[0]


def changed(value: object) -> object:
    """The value with its first byte another."""
    match value:
        case str():
            return chr(ord(value[0]) ^ 1) + value[1:] if value else "x"
        case int() | None:
            return User.objects.exclude(pk=value).latest("pk").pk
    return value + timedelta(microseconds=1)  # type: ignore[operator]


def test_untouched_it_is_sound(trail: list[AuditEntry]):
    assert verify().finding == ""


@pytest.mark.parametrize("number", [1, 4, LENGTH])
@pytest.mark.parametrize("column", DERIVED)
def test_a_changed_column_is_named(trail: list[AuditEntry], column: str, number: int):
    value = to.stored(number)[column]
    stored = connection.ops.adapt_datetimefield_value(changed(value)) if column == "at" else changed(value)
    to.write(number, {column: stored})
    done = verify()
    assert done.bad_entry == number
    assert done.finding.startswith(f"#{number}: changed field. {column} differs from the record")


def test_the_values_of_a_changed_column_are_for_who_runs_the_command(
    trail: list[AuditEntry], caplog: pytest.LogCaptureFixture
):
    """Whoever else hears of a verification may not be allowed to read what the entry is about."""
    to.write(2, {"account_slug": "forged-slug"})
    with pytest.raises(CommandError, match="account_slug is 'forged-slug' and was ''"):
        call_command("audit_verify")
    told = caplog.text + AuditVerification.objects.latest("started_at").finding + AuditEntry.objects.latest("id").record
    assert "account_slug differs" in told
    assert "forged-slug" not in told


@pytest.mark.parametrize("number", [1, 4, LENGTH - 1])
@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("record", "changed record"),
        ("record_hash", "changed field"),
        ("chain_hash", "changed field"),
        ("seal", "changed field"),
        ("id", "missing"),
    ],
)
def test_a_changed_byte_of_what_is_chained_is_named(trail: list[AuditEntry], column: str, kind: str, number: int):
    to.write(number, {column: 99 if column == "id" else changed(to.stored(number)[column])})
    done = verify()
    assert (done.bad_entry, kind in done.finding) == (number, True)
    assert column in done.finding or column == "id"


def test_the_seal_of_the_last_may_be_of_another_key_as_well(trail: list[AuditEntry]):
    to.write(LENGTH, {"seal": changed(to.stored(LENGTH)["seal"])})
    assert found() == (LENGTH, "foreign key")


def test_a_hash_in_capitals_is_another(trail: list[AuditEntry]):
    to.write(3, {"chain_hash": to.stored(3)["chain_hash"].upper()})
    assert found() == (3, "changed field")


def test_a_record_changed_with_its_hash_is_named(trail: list[AuditEntry]):
    record = to.stored(4)["record"].replace("This is 3", "This is 4")
    to.write(4, {"record": record, "record_hash": chain.record_hash(record)})
    assert found() == (4, "changed record")


def test_a_record_changed_with_column_and_hash_is_named(trail: list[AuditEntry]):
    record = to.stored(4)["record"].replace("done", "none")
    to.write(4, {"record": record, "record_hash": chain.record_hash(record), "outcome": "none"})
    assert found() == (4, "changed record")


@pytest.mark.parametrize(("first", "last"), [(1, 1), (3, 3), (2, 6), (1, 7)])
def test_missing_entries_are_named(trail: list[AuditEntry], first: int, last: int):
    to.delete(first, last)
    assert found() == (first, "missing")


@pytest.mark.parametrize("first", [1, 3, 7])
def test_missing_entries_are_named_when_the_others_move_up(trail: list[AuditEntry], first: int):
    to.delete(first, first)
    to.shift(first + 1, LENGTH, -1)
    assert found() == (first, "missing")


@pytest.mark.parametrize("last", [0, 1, 5, LENGTH - 1])
def test_a_cut_tail_is_named_by_the_head(trail: list[AuditEntry], last: int):
    to.delete(last + 1, LENGTH)
    assert found() == (last + 1, "cut tail")


@pytest.mark.parametrize("last", [1, 5])
def test_a_cut_tail_is_named_by_an_anchor_when_the_head_was_set_back(trail: list[AuditEntry], last: int):
    to.delete(last + 1, LENGTH)
    to.set_head(last)
    assert found() == (last + 1, "cut tail")


def test_a_cut_tail_is_named_by_an_anchor_outside_when_those_inside_are_gone(trail: list[AuditEntry]):
    anchors = list(AuditAnchor.objects.all())
    to.delete(6, LENGTH)
    to.set_head(5)
    sql("DELETE FROM console_auditanchor")
    assert verify().state == "sound"
    assert verify(anchors=anchors).finding.startswith("#7: cut tail")
    # What comes after stands where the anchored ones stood.
    make.entry(None)
    assert verify(anchors=anchors).finding.startswith("#7: rewritten")


def test_everything_deleted_is_a_cut_tail(trail: list[AuditEntry]):
    anchors = list(AuditAnchor.objects.all())
    to.delete(1, LENGTH)
    sql("DELETE FROM console_auditanchor")
    sql("UPDATE console_audithead SET sequence = 0, chain_hash = %s", [chain.GENESIS])
    assert verify(anchors=anchors).bad_entry is not None


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 6), (7, 8), (1, 8)])
def test_swapped_entries_are_reordered(trail: list[AuditEntry], one: int, other: int):
    to.swap(one, other)
    assert found() == (one, "reordered")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 6)])
def test_swapped_contents_are_reordered(trail: list[AuditEntry], one: int, other: int):
    left, right = to.stored(one), to.stored(other)
    for number, values in ((one, right), (other, left)):
        kept = {name: values[name] for name in TEXTS if name not in ("chain_hash", "seal")}
        to.write(number, kept)
    assert found() == (one, "reordered")


def test_an_entry_moved_to_another_place_is_reordered(trail: list[AuditEntry]):
    to.move(6, to.ASIDE // 4)
    to.shift(3, 5, 1)
    to.move(to.ASIDE // 4, 3)
    assert found() == (3, "reordered")


@pytest.mark.parametrize("at", [1, 4, LENGTH])
@pytest.mark.parametrize("is_copy", [True, False])
def test_an_entry_put_between_is_inserted(trail: list[AuditEntry], at: int, is_copy: bool):
    source = to.stored(5 if at == 4 else 2)
    forged = source["record"].replace("This is", "This was")
    to.shift(at, LENGTH, 1)
    record = source["record"] if is_copy else forged
    to.insert(source | {"id": at, "record": record, "record_hash": chain.record_hash(record)})
    assert found() == (at, "inserted")


@pytest.mark.parametrize("number", [0, -5])
def test_an_entry_before_the_first_is_inserted(trail: list[AuditEntry], number: int):
    to.insert(to.stored(2) | {"id": number})
    assert found() == (number, "inserted")


def test_an_entry_put_behind_the_last_without_the_key_is_foreign(trail: list[AuditEntry]):
    to.insert(to.stored(2) | {"id": LENGTH + 1})
    to.compute_again(LENGTH + 1, LENGTH + 1, b"?" * 32)
    assert found() == (LENGTH + 1, "foreign key")


@pytest.mark.parametrize("first", [1, 3, LENGTH])
def test_a_chain_computed_again_without_the_key_is_foreign(trail: list[AuditEntry], first: int):
    record = to.stored(first)["record"].replace('"message":"', '"message":"Not ')
    to.write(first, {"record": record})
    to.compute_again(first, LENGTH, b"?" * 32)
    assert found() == (first, "foreign key")


def test_a_chain_computed_again_with_the_key_differs_from_an_anchor(trail: list[AuditEntry]):
    to.write(3, {"record": to.stored(3)["record"].replace("This is", "This was")})
    to.compute_again(3, LENGTH, console.AUDIT_KEY)
    assert found() == (7, "rewritten since an anchor")


def test_another_key_than_the_trails_is_foreign(trail: list[AuditEntry], settings: Any):
    settings.AUDIT_KEY = b"?" * 32
    assert verify().finding.startswith("#1: foreign key")


@pytest.mark.parametrize(
    ("change", "entry", "kind"),
    [
        ("SET sequence = 7", LENGTH, "changed head"),
        ("SET sequence = 9", LENGTH + 1, "cut tail"),
        ("SET chain_hash = 'x' || substr(chain_hash, 2)", LENGTH, "changed head"),
    ],
)
def test_a_changed_head_is_named(trail: list[AuditEntry], change: str, entry: int, kind: str):
    sql(f"UPDATE console_audithead {change}")
    done = verify()
    assert (done.bad_entry, kind in done.finding) == (entry, True)


def test_a_missing_head_is_named(trail: list[AuditEntry]):
    sql("DELETE FROM console_audithead")
    assert found() == (LENGTH, "changed head")


@pytest.mark.parametrize(
    "change",
    [
        "sequence = sequence - 1",
        "chain_hash = 'x' || substr(chain_hash, 2)",
        "signature = '!' || substr(signature, 2)",
        "signature = ''",
    ],
)
def test_a_changed_anchor_is_named(trail: list[AuditEntry], change: str):
    anchor = AuditAnchor.objects.get()
    sql(f"UPDATE console_auditanchor SET {change}")
    anchor.refresh_from_db()
    assert found() == (anchor.sequence, "foreign key")


def test_an_anchor_of_another_key_is_foreign(trail: list[AuditEntry], settings: Any):
    settings.AUDIT_SIGNING_KEY = b"?" * 32
    assert found() == (7, "foreign key")


@pytest.mark.parametrize("number", [1, 3, 4, 6, LENGTH])
@pytest.mark.parametrize("chunk", [1, 2, 3, 4, LENGTH])
@pytest.mark.parametrize("is_copy", [True, False])
def test_a_second_row_of_a_number_is_named(
    trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch, number: int, chunk: int, is_copy: bool
):
    """Wherever the entries that are read at once end."""
    monkeypatch.setattr("console.services.audit_rows.CHUNK", chunk)
    to.drop_key()
    to.insert(to.stored(number) | ({} if is_copy else {"record": "{}"}))
    assert verify().bad_entry in (number, number + 1)


def test_a_row_without_a_number_is_named(trail: list[AuditEntry]):
    to.drop_key()
    to.insert(to.stored(4) | {"id": None})
    assert verify().state == "broken"


def test_columns_that_swallow_what_follows_them_in_the_record_are_named(trail: list[AuditEntry]):
    """Up to any place where the record has between two texts what it has behind the column."""
    record, name = to.stored(4)["record"], to.stored(4)["target_name"]
    start = record.index('"target_name":"') + len('"target_name":"')
    ends = [place for place in range(start, len(record)) if record.startswith('","', place)]
    longer = [record[start:end] for end in ends]
    assert longer[0] == name
    assert len(longer) > 2
    for text in longer[1:]:
        with to.undone():
            to.write(4, {"target_name": text[:128]})
            done = verify()
            assert (done.bad_entry, "target_name" in done.finding) == (4, True)


OWN_HASH = "ab" * 32
ANSWERS_WITH_IT = f"""
    CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN NEW.chain_hash := '{OWN_HASH}'; RETURN NEW; END$$;
    CREATE TRIGGER zz_own BEFORE UPDATE ON {to.HEAD} FOR EACH ROW EXECUTE FUNCTION own()"""


def test_the_key_seals_no_hash_that_a_database_came_up_with(trail: list[AuditEntry]):
    """Its owner can let it answer with any; on SQLite no trigger changes what is written."""
    with to.undone():
        # So that the next one does not know where the head is.
        make.entry(None)
    if connection.vendor == "postgresql":
        sql(ANSWERS_WITH_IT)
    make.entry(None)
    assert to.stored(LENGTH + 1)["seal"] != chain.seal(console.AUDIT_KEY, OWN_HASH)


@pytest.mark.parametrize("value", ["word", b"\xff\xfe", 1.5, -1, 2**62, ""])
@pytest.mark.parametrize(
    "column",
    [*(f"anchor.{name}" for name in ("sequence", "chain_hash", "at", "signature")), "head.sequence", "head.chain_hash"],
)
def test_what_no_anchor_and_no_head_can_hold_is_named(trail: list[AuditEntry], column: str, value: object):
    table, _, name = column.partition(".")
    try:
        with transaction.atomic():
            sql(f"UPDATE console_audit{table} SET {name} = %s", [value])
    except DatabaseError:
        # PostgreSQL keeps to the types of its columns.
        assert connection.vendor == "postgresql"
    else:
        assert verify().state == "broken"


OTHER_TYPES = {
    "sqlite": [
        "record = X'ff'",
        "record = CAST(X'7bff7d' AS TEXT)",
        "seal = 5",
        "at = 7",
        "actor_id = 'me'",
        "id = 'x'",
    ],
    "postgresql": [
        "record = ''",
        "record_hash = ''",
        "chain_hash = 'zz'",
        "target_name = E'\\n'",
        "at = (at::text || ' BC')::timestamptz",
    ],
}[connection.vendor]


@pytest.mark.parametrize("change", OTHER_TYPES)
def test_what_is_not_even_text_is_named(trail: list[AuditEntry], change: str):
    with to.undone():
        sql(f"UPDATE console_auditentry SET {change} WHERE id = 4")
        assert verify().bad_entry == 4


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_in_any_column_is_found_at_its_entry(trail: list[AuditEntry], data: st.DataObject):
    number, column = data.draw(st.integers(1, LENGTH)), data.draw(st.sampled_from(TEXTS))
    before = to.stored(number)[column]
    place = data.draw(st.integers(0, len(before)))
    text = data.draw(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=2))
    after = (before[:place] + text + before[place + data.draw(st.integers(0, 2)) :])[: {"outcome": 16}.get(column)]
    field = AuditEntry._meta.get_field(column)
    assume(after != before and len(after) <= (getattr(field, "max_length", None) or len(after)))
    with to.undone():
        to.write(number, {column: after})
        assert verify().bad_entry == number


@given(order=st.permutations(range(1, LENGTH + 1)))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_order_is_found_at_the_first_that_moved(trail: list[AuditEntry], order: list[int]):
    moved = [place for place, number in enumerate(order, 1) if place != number]
    assume(moved)
    with to.undone():
        sql(f"UPDATE console_auditentry SET id = id + {to.ASIDE}")
        for place, number in enumerate(order, 1):
            to.move(number + to.ASIDE, place)
        assert found() == (moved[0], "reordered")


@given(gone=st.sets(st.integers(1, LENGTH), min_size=1), closes_up=st.booleans())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_entries_that_are_gone_are_found_at_the_first(trail: list[AuditEntry], gone: set[int], closes_up: bool):
    kept = [number for number in range(1, LENGTH + 1) if number not in gone]
    with to.undone():
        for number in gone:
            to.delete(number, number)
        for place, number in enumerate(kept if closes_up else (), 1):
            to.move(number, place)
        entry, kind = found()
        assert (entry, kind in ("missing", "cut tail")) == (min(gone), True)


def test_entries_that_go_while_others_come_are_missed(trail: list[AuditEntry], pm: User):
    """Those up to where a verification goes, after it began: the head fits what came since."""
    verification = audit_verify.begin(actor=None)
    make.entry(pm)
    to.delete(5, LENGTH)
    sql("DELETE FROM console_auditanchor")
    while verification.state == "running":
        audit_verify.go_on(verification, ())
    assert verification.finding == "#5: missing. #5 to #8 are missing."
