"""What goes into a pack: also from a trail that was tampered with, of very many entries, and of hostile texts."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from console.lib import chain
from console.models import Account, AuditEntry, AuditHead, User
from console.services import audit_anchor, evidence
from console.services.audit_search import Search
from console.services.evidence_entries import find_chain_hash
from console.services.roles import Role
from tests import long_trail, make
from tests.security import packs, tampering

ENTRIES = 50_000
MOST_BYTES = 12 * 1024 * 1024


@pytest.fixture
def auditor(db: None) -> User:
    return make.user("auditor", Role.AUDITOR)


@pytest.fixture
def _unguarded(db: None) -> Iterator[None]:
    with long_trail.unguarded():
        yield


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("first", [*"=+-@\t\r\n", "＝", "＋", "－", "＠"])
def test_no_cell_of_a_spreadsheet_is_a_formula(auditor: User, alibaba: Account, tmp_path: Path, first: str):
    hostile = f'{first}HYPERLINK("http://x","y"),"\n=1'
    make.entry(None, target_name=hostile, message=hostile, code=hostile, request_id=hostile, account=alibaba)
    User.objects.create(username=hostile)
    make.entry(User.objects.get(username=hostile))
    folder = packs.unpack(packs.make(auditor), tmp_path)
    table = rows(folder / "entries.csv")
    cells = [value for name in ("entries.csv", "people.csv") for row in rows(folder / name) for value in row.values()]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]
    assert table[-2]["message"] == f"'{hostile}"
    assert rows(folder / "people.csv")[-1]["name"] == f"'{hostile}"
    assert packs.verify(folder).is_proved


def test_the_spreadsheet_says_what_the_records_say(auditor: User, alibaba: Account, pm: User, tmp_path: Path):
    make.entry(pm, target_name="灯", account=alibaba, parameters={"Desc": "a, b"}, http_status=200)
    folder = packs.unpack(packs.make(auditor), tmp_path)
    table, entries = rows(folder / "entries.csv"), packs.entries(folder)
    assert [int(row["sequence"]) for row in table] == [entry["sequence"] for entry in entries]
    last = table[-1]
    assert (last["target_name"], last["http_status"], last["account_slug"]) == ("灯", "200", "alibaba-test")
    assert json.loads(last["parameters"]) == {"Desc": "a, b"}
    assert last["record_hash"] == entries[-1]["record_hash"]


def test_names_are_beside_the_evidence_and_not_in_it(auditor: User, pm: User, tmp_path: Path):
    make.entry(None, action="user.roles", target=pm)
    folder = packs.unpack(packs.make(auditor, action="user.roles"), tmp_path)
    assert rows(folder / "people.csv") == [{"actor_id": str(pm.pk), "name": "pm"}]
    User.objects.filter(pk=pm.pk).update(username="person-1")
    later = packs.unpack(packs.make(auditor, action="user.roles"), tmp_path / "later")
    assert rows(later / "people.csv") == [{"actor_id": str(pm.pk), "name": "person-1"}]
    assert (later / "entries.jsonl").read_bytes() == (folder / "entries.jsonl").read_bytes()


def test_an_account_that_is_hidden_from_the_reader_is_in_no_file(auditor: User, alibaba: Account, tmp_path: Path):
    closed = make.account(platform="tuya", slug="closed")
    make.entry(None, target_name="Hidden_Lamp", account=closed)
    make.entry(None, target_name="Open_Lamp", account=alibaba)
    closed.visible_to.add(Group.objects.create(name="others"))
    folder = packs.unpack(packs.make(auditor), tmp_path)
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"Open_Lamp" in everything
    assert b"Hidden_Lamp" not in everything
    assert b"closed" not in (folder / "entries.jsonl").read_bytes()
    assert packs.verify(folder).is_proved


def test_a_text_finds_parts_of_names_and_whole_ids(auditor: User, alibaba: Account, tmp_path: Path):
    make.entry(None, target_name="Bath_Lamp", request_id="REQ-1")
    make.entry(None, target_name="Door", request_id="REQ-2")
    for text, name in (("th_la", "Bath_Lamp"), ("REQ-2", "Door")):
        folder = packs.unpack(packs.make(auditor, text=text), tmp_path / name)
        assert [json.loads(entry["record"])["target_name"] for entry in packs.entries(folder)] == [name]


@pytest.mark.usefixtures("_unguarded")
def test_a_record_that_was_changed_in_the_database_is_named(auditor: User, alibaba: Account, tmp_path: Path):
    entry = make.entry(None, target_name="Lamp")
    make.entry(None, target_name="Door")
    AuditEntry.objects.filter(pk=entry.pk).update(record=entry.record.replace("Lamp", "Oven"))
    verdict = packs.verify(packs.unpack(packs.make(auditor), tmp_path))
    assert not verdict.is_proved
    assert f"entry {entry.pk} is not the one in the chain" in verdict.text


@pytest.mark.usefixtures("_unguarded")
@pytest.mark.parametrize("record", ["", "rubbish", "[]", '{"action":1}'])
def test_a_record_that_cannot_be_read_does_not_stop_a_pack(
    auditor: User, alibaba: Account, tmp_path: Path, record: str
):
    entry = make.entry(None, target_name="Lamp")
    AuditEntry.objects.filter(pk=entry.pk).update(record=record)
    verdict = packs.verify(packs.unpack(packs.make(auditor), tmp_path))
    assert f"entry {entry.pk} is not the one in the chain" in verdict.text


@pytest.mark.usefixtures("_unguarded")
@pytest.mark.parametrize("hash_", ["", "rubbish", "é" * 64, "00" * 31, "00" * 32])
def test_a_hash_that_cannot_be_read_does_not_stop_a_pack(auditor: User, alibaba: Account, tmp_path: Path, hash_: str):
    entry = make.entry(None, target_name="Lamp")
    AuditEntry.objects.filter(pk=entry.pk).update(record_hash=hash_)
    verdict = packs.verify(packs.unpack(packs.make(auditor), tmp_path))
    assert f"chain.bin: has no hash of entry {entry.pk}" in verdict.text


@pytest.mark.usefixtures("_unguarded")
@pytest.mark.parametrize("place", ["before", "first", "middle", "last"])
def test_entries_that_were_deleted_in_the_database_are_missed(
    auditor: User, alibaba: Account, tmp_path: Path, place: str
):
    made = [make.entry(None, target_name=f"Lamp_{number}", action="module.create") for number in range(4)]
    audit_anchor.anchor_now()
    gone = {"before": [made[0]], "first": made[:2], "middle": made[1:3], "last": made[2:]}[place]
    AuditEntry.objects.filter(pk__in=[entry.pk for entry in gone]).delete()
    search = {"text": "Lamp_1"} if place == "before" else {"action": "module.create"}
    verdict = packs.verify(packs.unpack(packs.make(auditor, **search), tmp_path))
    assert not verdict.is_proved
    if place in ("middle", "last"):
        assert f"chain.bin: has no hash of entry {gone[0].pk}" in verdict.text


@pytest.mark.usefixtures("_unguarded")
def test_a_chain_computed_anew_does_not_lead_to_an_anchor_of_before(auditor: User, pm: User, tmp_path: Path):
    entry = make.entry(pm, target_name="Lamp")
    audit_anchor.anchor_now()
    AuditEntry.objects.filter(pk=entry.pk).delete()
    head = AuditHead.objects.get()
    head.sequence, head.chain_hash = entry.pk - 1, find_chain_hash(entry.pk - 1)
    head.save()
    long_trail.fill(entries=1, actor=pm)
    verdict = packs.verify(packs.unpack(packs.make(auditor, actor="pm"), tmp_path))
    assert not verdict.is_proved
    assert f"does not lead to the anchor of entry {entry.pk}" in verdict.text


@pytest.mark.usefixtures("_unguarded")
@pytest.mark.parametrize("behind", [0, 2])
def test_an_entry_that_the_console_did_not_seal_is_named(auditor: User, pm: User, tmp_path: Path, behind: int):
    """Whoever can write the database can go on with the chain, and an anchor of the console is of what stands there."""
    true = make.entry(pm, target_name="Lamp")
    record = true.record.replace("Lamp", "Oven")
    of_chain = chain.chain_hash(true.chain_hash, chain.record_hash(record))
    forged = {"record": record, "record_hash": chain.record_hash(record), "chain_hash": of_chain}
    tampering.insert(tampering.stored(true.pk) | forged | {"id": true.pk + 1, "target_name": "Oven"})
    tampering.set_head(true.pk + 1)
    for _ in range(behind):
        make.entry(pm, target_name="Door")
    verdict = packs.verify(packs.unpack(packs.make(auditor, actor="pm"), tmp_path))
    assert not verdict.is_proved
    assert f"entries.jsonl line 2: entry {true.pk + 1} is not the one in the chain" in verdict.text


@pytest.mark.timeout(300)
def test_memory_stays_flat_for_very_many_entries(auditor: User, pm: User, tmp_path: Path):
    long_trail.fill(entries=ENTRIES, actor=pm)
    file = tmp_path / "pack.zip"
    tracemalloc.start()
    with file.open("wb") as zip_file:
        for part in evidence.export(search=Search(), reader=auditor):
            zip_file.write(part)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_BYTES
    manifest = json.loads(packs.unpack(file.read_bytes(), tmp_path / "pack").joinpath("manifest.json").read_text())
    assert manifest["chain"]["entries"] >= ENTRIES
    assert manifest["files"]["entries.jsonl"]["bytes"] > 2 * MOST_BYTES
    assert packs.verify(file).is_proved


def test_a_stream_that_breaks_off_is_no_pack(auditor: User, alibaba: Account, tmp_path: Path):
    make.entry(None, target_name="Lamp")
    parts = evidence.export(search=Search(), reader=auditor)
    whole = packs.make(auditor)
    file = tmp_path / "pack.zip"
    file.write_bytes(next(parts)[: len(whole) // 2])
    assert not packs.verify(file).is_proved
