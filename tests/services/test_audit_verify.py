import json
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from console import tasks
from console.lib import chain
from console.lib.canonical import canonical
from console.models import AuditEntry, AuditVerification, User
from console.services import audit_anchor, audit_verify, audit_walk
from console.services.audit_diagnosis import Position
from console.services.audit_rows import DERIVED, find_row, find_rows
from tests import long_trail, make
from tests.verification import verify

pytestmark = pytest.mark.django_db
HOSTILE = ['"', "\\", '","action":"x', '\\","target_name":"', "\u2028", "\x7f", "灯", "", '","parameters":{"', "null"]


@pytest.fixture
def trail(db: None, pm: User) -> list[AuditEntry]:
    first = make.entry(pm, at="2026-11-23T08:00:00+00:00", message='a "message"', parameters={"Desc": "\n\0灯"})
    return [first, *[make.entry(None, target_name=text, request_id=text, http_status=200) for text in HOSTILE]]


def test_a_trail_as_it_was_written_is_sound(trail: list[AuditEntry]):
    audit_anchor.anchor_now()
    done = verify()
    assert (done.state, done.finding, done.bad_entry, done.checked_to) == ("sound", "", None, len(trail))


def test_an_empty_trail_is_sound(db: None):
    assert verify().state == "sound"


def test_the_verification_is_in_the_trail(trail: list[AuditEntry], pm: User):
    verification = audit_verify.start(pm)
    audit_verify.step(verification.pk)
    assert make.trail(action="audit.verify") == [("audit.verify", "requested"), ("audit.verify", "sound")]
    assert AuditEntry.objects.latest("id").actor == pm


def test_steps_go_on_where_the_last_one_ended(trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit_verify, "STEP", 3)
    monkeypatch.setattr("console.services.audit_rows.CHUNK", 2)
    verification = audit_verify.begin(actor=None)
    came_to = []
    while audit_verify.step(verification.pk):
        verification.refresh_from_db()
        came_to.append(verification.checked_to)
    assert came_to == [4, 8]
    verification.refresh_from_db()
    assert (verification.state, verification.checked_to) == ("sound", 11)
    assert not audit_verify.step(verification.pk)


def test_a_gap_longer_than_a_step_is_not_taken_for_the_end(trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit_verify, "STEP", 2)
    monkeypatch.setattr("console.services.audit_rows.CHUNK", 2)
    from console.services import audit_guards

    audit_guards.drop()
    AuditEntry.objects.filter(pk__gt=2, pk__lt=9).delete()
    assert verify().finding == "#3: missing. #3 to #8 are missing."


def test_a_worker_does_the_steps_of_the_button(trail: list[AuditEntry], pm: User):
    verification = audit_verify.start(pm)
    assert audit_verify.start(pm) == verification
    assert audit_verify.find_latest() == verification
    tasks.verify_step(str(verification.pk))
    assert audit_verify.find_latest().state == "sound"
    assert audit_verify.start(pm) != verification


def test_it_can_begin_later(trail: list[AuditEntry]):
    audit_anchor.anchor_now()
    done = verify(first=5)
    assert (done.state, done.first, done.checked_to) == ("sound", 5, len(trail))


def test_the_command_says_that_all_is_well(trail: list[AuditEntry], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "anchors"
    path.write_text(audit_anchor.line_of(audit_anchor.anchor_now()) + "\n\n")
    call_command("audit_verify", anchors=path)
    assert capsys.readouterr().out == "Sound: #1 to #11, 1 anchor of the file agree.\n"
    call_command("audit_verify", first=3)
    assert capsys.readouterr().out == "Sound: #3 to #12.\n"


@pytest.mark.parametrize("options", [{"first": 99}, {"first": 0}, {"goes_on": True}, {"anchors": Path("/none")}])
def test_the_command_refuses_what_it_cannot_do(trail: list[AuditEntry], options: dict[str, object]):
    with pytest.raises(CommandError):
        call_command("audit_verify", **options)


FALSE_NUMBERS = ("-1", str(2**63), "9" * 40, "1e999", "-1e999", "1.5", "NaN", '"1"', "true", "null")
FALSE_ANCHORS = [
    f'{{"at":"2026-11-23T08:00:00+00:00","chain_hash":"","public_key":"","sequence":{number},"signature":""}}'
    for number in FALSE_NUMBERS
]


@pytest.mark.parametrize("line", ["x", "[]", "{}", '{"sequence":"x"}', '{"at":1}', "3", "[" * 100_000, *FALSE_ANCHORS])
def test_a_line_that_is_no_anchor_is_named(trail: list[AuditEntry], tmp_path: Path, line: str):
    path = tmp_path / "anchors"
    path.write_text(audit_anchor.line_of(audit_anchor.anchor_now()) + f"\n{line}\n")
    with pytest.raises(CommandError, match="line 2 is not an anchor"):
        call_command("audit_verify", anchors=path)


@pytest.mark.parametrize("first", [1, 5])
@pytest.mark.parametrize("number", [0, 2])
def test_an_anchor_that_nobody_signed_agrees_with_nothing(
    trail: list[AuditEntry], tmp_path: Path, number: int, first: int
):
    """Also when it is of an entry before those that are checked."""
    anchor = audit_anchor.anchor_now()
    anchor.sequence = number
    path = tmp_path / "anchors"
    path.write_text(audit_anchor.line_of(anchor))
    with pytest.raises(CommandError, match=f"#{number}: foreign key"):
        call_command("audit_verify", anchors=path, first=first)


def test_anchors_before_where_it_begins_are_not_counted(
    trail: list[AuditEntry], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "anchors"
    lines = [audit_anchor.line_of(audit_anchor.anchor_now())]
    later = make.entry(None)
    lines.append(audit_anchor.line_of(audit_anchor.anchor_now()))
    path.write_text("\n".join(lines))
    call_command("audit_verify", anchors=path, first=later.pk)
    assert capsys.readouterr().out == "Sound: #12 to #12, 1 anchor of the file agree.\n"


def test_an_interrupted_one_goes_on(trail: list[AuditEntry], capsys: pytest.CaptureFixture[str]):
    verification = audit_verify.begin(actor=None)
    AuditVerification.objects.filter(pk=verification.pk).update(checked_to=4, chain_hash=trail[3].chain_hash)
    call_command("audit_verify", goes_on=True)
    assert capsys.readouterr().out == "Sound: #1 to #11.\n"
    assert AuditVerification.objects.count() == 1


TEXT = st.text(st.sampled_from('"\\,:{}ab\n灯') | st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = [name for name in DERIVED if name not in ("actor_id", "at")]


def passes(record: str, columns: dict[str, object]) -> bool:
    """Whether the quick look lets an entry with true hashes through, whatever its columns say."""
    record_hash = chain.record_hash(record)
    chain_hash = chain.chain_hash(chain.GENESIS, record_hash)
    seal = chain.seal(configured.AUDIT_KEY, chain_hash)
    row = (1, record, record_hash, chain_hash, seal, *[columns[name] for name in DERIVED])
    return audit_walk._hasten([row], Position())[1] == 1


@given(texts=st.lists(TEXT, min_size=8, max_size=8), others=st.lists(TEXT, min_size=8, max_size=8), message=TEXT)
def test_the_quick_look_takes_no_value_for_another(texts: list[str], others: list[str], message: str):
    said = dict(zip(NAMES, texts, strict=True)) | {"actor_id": 3}
    what = {"message": message, "parameters": {message: message}, "code": "", "http_status": None, "salt": ""}
    record = canonical(said | {"at": "2026-11-23 08:00:00.000001+00:00", "what": what})
    columns = said | {"at": "2026-11-23 08:00:00.000001"}
    is_plain = not any(char in '"\\' or char < " " for text in texts for char in text)
    assert passes(record, columns) == is_plain
    for name, value in zip(NAMES, others, strict=True):
        inside = canonical({"": said[name]})[5:-2]
        assert not passes(record, columns | {name: value}) or value == said[name]
        assert not passes(record, columns | {name: inside}) or inside == said[name]
    for name, value in (("actor_id", None), ("actor_id", 4), ("at", "2026-11-23T08:00:00.000001"), ("at", "2026")):
        assert not passes(record, columns | {name: value})


def test_the_quick_look_takes_entries_as_the_console_writes_them(pm: User):
    for number in range(3):
        make.entry(pm, target_name=f"灯-{number}", request_id="R-1", parameters={"ProductKey": "a1"})
    (rows,) = find_rows(0, 3)
    assert audit_walk._hasten(rows, Position())[1] == 3


def test_a_gap_longer_than_a_chunk_is_stepped_over(trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("console.services.audit_rows.CHUNK", 2)
    with long_trail.unguarded():
        AuditEntry.objects.filter(pk__gt=3, pk__lt=9).delete()
    assert [row[0] for rows in find_rows(0, 10) for row in rows] == [1, 2, 3, 9, 10]


def test_rows_are_read_as_they_are_stored(trail: list[AuditEntry]):
    row = find_row(1)
    assert (row.id, row.record, row.action) == (1, trail[0].record, "product.create")
    assert json.loads(row.record)["at"][:19] == row.at[:19]
