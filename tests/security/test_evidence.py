"""A pack of a real trail verifies without the console; every file and every kind of line that is changed is named."""

import ast
import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.models import Account, AuditAnchor, User
from console.services import audit_anchor
from console.services.audit_signing import public_key, sign
from console.services.roles import Role
from tests import make
from tests.security import packs

FILES = (
    "README.txt",
    "verify.py",
    "public-key.txt",
    "entries.jsonl",
    "entries.csv",
    "people.csv",
    "chain.bin",
    "anchors.jsonl",
)

# An anchor of a trail that is much longer: no pack here reaches it.
BEYOND = json.dumps({"sequence": 10**9, "chain_hash": "0" * 64})


@pytest.fixture
def auditor(db: None) -> User:
    return make.user("auditor", Role.AUDITOR)


@pytest.fixture
def trail(alibaba: Account, pm: User) -> None:
    """What two people did, with an anchor between and none behind."""
    colleague = make.user("colleague", Role.PRODUCT_MANAGER)
    for number in range(6):
        make.entry(pm if number % 2 else colleague, target_name=f"灯_{number}", action="module.create", account=alibaba)
        make.entry(colleague, target_name=f"Lamp_{number}", account=alibaba, parameters={"Desc": '\u2028"\\\n é'})
        if number == 3:
            audit_anchor.anchor_now()


@pytest.fixture
def pack(trail: None, auditor: User) -> bytes:
    return packs.make(auditor, actor="pm")


@pytest.fixture
def folder(pack: bytes, tmp_path: Path) -> Path:
    return packs.unpack(pack, tmp_path)


def test_a_pack_of_a_real_trail_is_proved(alibaba: Account, pm: User, auditor: User, tmp_path: Path):
    make.created_product(alibaba, pm)
    folder = packs.unpack(packs.make(auditor), tmp_path)
    verdict = packs.verify(folder)
    assert verdict.is_proved, verdict.text
    assert f"PROVED: {len(packs.entries(folder))} entries" in verdict.text
    assert public_key() in verdict.text


def test_it_runs_from_its_own_folder_and_from_the_zip(folder: Path, pack: bytes, tmp_path_factory: Any):
    file = tmp_path_factory.mktemp("zip") / "pack.zip"
    file.write_bytes(pack)
    assert packs.verify(folder, script=folder / "verify.py").is_proved
    assert packs.verify(file).is_proved
    assert packs.verify(folder, "--key", public_key()).is_proved


def test_what_the_filter_left_out_is_a_hash_only(folder: Path):
    pack = b"".join(path.read_bytes() for path in folder.iterdir() if path.name not in ("verify.py", "README.txt"))
    assert [json.loads(entry["record"])["target_name"] for entry in packs.entries(folder)] == ["灯_1", "灯_3", "灯_5"]
    assert b"Lamp_" not in pack
    assert b"colleague" not in pack
    manifest = json.loads((folder / "manifest.json").read_text())
    hashes = (folder / "chain.bin").stat().st_size // 32
    assert hashes == manifest["chain"]["last"] - manifest["chain"]["first"] + 1
    assert len((folder / "anchors.jsonl").read_text().splitlines()) == 2


def test_an_anchor_that_covers_the_entries_is_not_made_again(trail: None, auditor: User):
    packs.make(auditor)
    before = AuditAnchor.objects.count()
    packs.make(auditor, actor="pm")
    assert AuditAnchor.objects.count() == before


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_of_a_file_is_named(folder: Path, name: str):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    verdict = packs.verify(folder, "--key", public_key())
    assert not verdict.is_proved
    assert f"WRONG: {name}: is not the file that manifest.json names" in verdict.text


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.sig"])
def test_a_file_that_is_missing_is_named(folder: Path, name: str):
    (folder / name).unlink()
    verdict = packs.verify(folder, "--key", public_key())
    assert not verdict.is_proved
    assert f"{name}: is missing" in verdict.text


@pytest.mark.parametrize("name", FILES)
def test_a_file_whose_hash_is_forged_in_the_manifest_as_well_is_given_away_by_the_signature(folder: Path, name: str):
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    packs.list_anew(folder)
    verdict = packs.verify(folder, "--key", public_key())
    assert not verdict.is_proved
    assert "WRONG: manifest.json: the signature in manifest.sig is not one of this key" in verdict.text


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_rubbish_for_a_manifest_is_named(folder: Path, name: str):
    for content in (b"", b"[]", b"{}", b"\xff\xfe", b"null"):
        (folder / name).write_bytes(content)
        verdict = packs.verify(folder)
        assert not verdict.is_proved
        assert "WRONG: manifest.json" in verdict.text


def test_a_file_that_was_added_is_named(folder: Path):
    (folder / "entries2.jsonl").write_text("{}")
    assert "WRONG: entries2.jsonl: does not belong to the pack" in packs.verify(folder).text


def reworded(entry: dict[str, Any]) -> None:
    entry["record"] = entry["record"].replace("灯", "鈴")


LINES = {
    "record": (reworded, "is not the one in the chain"),
    "record hash": (lambda entry: entry.update(record_hash="0" * 64), "is not the one in the chain"),
    "chain hash": (lambda entry: entry.update(chain_hash="0" * 64), "is not the one in the chain"),
    "number": (lambda entry: entry.update(sequence=entry["sequence"] + 1), "is not the one in the chain"),
    "number behind": (lambda entry: entry.update(sequence=1), "left out, added, or out of order"),
    "no number": (lambda entry: entry.pop("sequence"), "entries.jsonl: is damaged"),
}


@pytest.mark.parametrize("case", LINES)
def test_a_changed_line_is_named_by_the_chain_even_if_the_console_had_signed_it(folder: Path, case: str):
    change, said = LINES[case]
    packs.edit_line(folder, "entries.jsonl", 1, change)
    packs.list_anew(folder)
    packs.sign_anew(folder)
    verdict = packs.verify(folder)
    assert not verdict.is_proved
    assert said in verdict.text
    if "damaged" not in said:
        assert "entries.jsonl line 2" in verdict.text


def leave_out(lines: list[str]) -> list[str]:
    return lines[:1] + lines[2:]


def add(lines: list[str]) -> list[str]:
    invented = json.loads(lines[0]) | {"sequence": json.loads(lines[0])["sequence"] + 1}
    return [lines[0], json.dumps(invented), *lines[1:]]


def swap(lines: list[str]) -> list[str]:
    return [lines[1], lines[0], *lines[2:]]


def repeat(lines: list[str]) -> list[str]:
    return [lines[0], *lines]


@pytest.mark.parametrize("change", [leave_out, add, swap, repeat])
def test_an_entry_left_out_added_or_moved_is_noticed(folder: Path, change: Callable[[list[str]], list[str]]):
    file = folder / "entries.jsonl"
    file.write_text("".join(f"{line}\n" for line in change(file.read_text().splitlines())))
    packs.list_anew(folder)
    packs.sign_anew(folder)
    verdict = packs.verify(folder)
    assert not verdict.is_proved
    assert "WRONG: entries.jsonl" in verdict.text


def test_a_line_that_is_no_json_is_named(folder: Path):
    file = folder / "entries.jsonl"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1][:-9], *lines[2:]]))
    assert "entries.jsonl line 2: cannot be read" in packs.verify(folder).text


def test_an_entry_left_out_with_its_count_is_given_away_by_the_signature(folder: Path):
    file = folder / "entries.jsonl"
    file.write_text("".join(f"{line}\n" for line in leave_out(file.read_text().splitlines())))
    packs.list_anew(folder, entries=2)
    verdict = packs.verify(folder)
    assert not verdict.is_proved
    assert "WRONG: manifest.json: the signature" in verdict.text


def test_every_hash_of_the_chain_counts(folder: Path):
    file = folder / "chain.bin"
    content = file.read_bytes()
    for position in range(0, len(content), 32):
        file.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        packs.list_anew(folder)
        packs.sign_anew(folder)
        verdict = packs.verify(folder)
        assert not verdict.is_proved
        assert "is not the one in the chain" in verdict.text or "does not lead to the anchor" in verdict.text


def test_a_chain_that_is_cut_off_is_named(folder: Path):
    file = folder / "chain.bin"
    file.write_bytes(file.read_bytes()[:-16])
    packs.list_anew(folder)
    packs.sign_anew(folder)
    assert "WRONG: chain.bin: has no hash of entry" in packs.verify(folder).text


ANCHORS = {
    "text": (lambda anchor: anchor.update(text=anchor["text"].replace("2", "3", 1)), "its signature is not"),
    "signature": (lambda anchor: anchor.update(signature=base64.b64encode(bytes(64)).decode()), "its signature is not"),
    "short signature": (lambda anchor: anchor.update(signature="AAAA"), "its signature is not"),
}


@pytest.mark.parametrize("case", ANCHORS)
def test_a_changed_anchor_is_named(folder: Path, case: str):
    change, said = ANCHORS[case]
    packs.edit_line(folder, "anchors.jsonl", 1, change)
    packs.list_anew(folder)
    packs.sign_anew(folder)
    verdict = packs.verify(folder)
    assert not verdict.is_proved
    assert f"anchors.jsonl line 2: {said}" in verdict.text


def test_without_its_last_anchor_a_chain_proves_nothing(folder: Path):
    file = folder / "anchors.jsonl"
    file.write_text(file.read_text().splitlines()[0] + "\n")
    packs.list_anew(folder)
    packs.sign_anew(folder)
    assert "WRONG: anchors.jsonl: has no anchor of entry" in packs.verify(folder).text


def test_a_pack_made_with_another_key_is_not_taken_for_one_of_the_console(folder: Path):
    stranger = Ed25519PrivateKey.generate()
    key = base64.b64encode(stranger.public_key().public_bytes_raw()).decode()

    def forge(anchor: dict[str, Any]) -> None:
        anchor["signature"] = base64.b64encode(stranger.sign(anchor["text"].encode())).decode()

    for number in (0, 1):
        packs.edit_line(folder, "anchors.jsonl", number, forge)
    (folder / "public-key.txt").write_text(key)
    packs.list_anew(folder)
    signed = b"ota-console-evidence-1\n" + (folder / "manifest.json").read_bytes()
    (folder / "manifest.sig").write_text(base64.b64encode(stranger.sign(signed)).decode())
    believing = packs.verify(folder)
    assert believing.is_proved
    assert "compare it with one that you trust" in believing.text
    verdict = packs.verify(folder, "--key", public_key())
    assert not verdict.is_proved
    assert "anchors.jsonl line 1: its signature" in verdict.text


@pytest.mark.parametrize("key", ["", "AAAA", "no base64!", base64.b64encode(b"\xff" * 32).decode()])
def test_a_key_that_is_none_proves_nothing(folder: Path, key: str):
    (folder / "public-key.txt").write_text(key)
    assert not packs.verify(folder).is_proved


def test_anchors_that_were_kept_elsewhere_are_compared(folder: Path, tmp_path_factory: Any):
    kept = tmp_path_factory.mktemp("kept") / "anchors.jsonl"
    anchor = AuditAnchor.objects.order_by("id").first()
    assert anchor
    kept.write_text(f"{audit_anchor.line_of(anchor)}\n{BEYOND}\n")
    verdict = packs.verify(folder, "--anchors", str(kept))
    assert verdict.is_proved
    assert "; 1 of your anchors agree" in verdict.text
    anchor.chain_hash = "0" * 64
    kept.write_text(f"{audit_anchor.line_of(anchor)}\n")
    assert (
        f"does not lead to the anchor of entry {anchor.sequence} in"
        in packs.verify(folder, "--anchors", str(kept)).text
    )


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_zip_that_is_cut_off_proves_nothing(pack: bytes, tmp_path: Path, part: float):
    file = tmp_path / "pack.zip"
    file.write_bytes(pack[: int(len(pack) * part)])
    verdict = packs.verify(file)
    assert not verdict.is_proved
    assert "cannot be read" in verdict.text


def test_a_second_file_of_the_same_name_in_a_zip_is_noticed(pack: bytes, tmp_path: Path):
    file = tmp_path / "pack.zip"
    file.write_bytes(pack)
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(file, "a") as archive:
        archive.writestr("entries.csv", archive.read("entries.csv"))
    assert "WRONG: entries.csv: does not belong to the pack" in packs.verify(file).text


def with_member(pack: bytes, folder: Path, name: str) -> Path:
    """The pack with one more member."""
    file = folder / "pack.zip"
    file.write_bytes(pack)
    with ZipFile(file, "a") as archive:
        archive.writestr(name, "forged")
    return file


@pytest.mark.parametrize(
    "name", ["./entries.csv", "../entries.csv", ".hidden", "__pycache__/json.pyc", "/etc/x", "a/b"]
)
def test_a_file_beside_those_of_the_pack_in_a_zip_is_noticed(pack: bytes, tmp_path: Path, name: str):
    """Unpacked, it may take the place of one that was verified."""
    verdict = packs.verify(with_member(pack, tmp_path, name))
    assert not verdict.is_proved
    assert f"WRONG: {name}: does not belong to the pack" in verdict.text


@pytest.mark.parametrize(
    "hidden", ["\x1b[1A\x1b[2K\rPROVED: all", "\nPROVED: all", "\u2028PROVED: all", "\u202ePROVED: all"]
)
def test_a_name_of_a_file_cannot_write_over_what_is_said(pack: bytes, tmp_path: Path, hidden: str):
    verdict = packs.verify(with_member(pack, tmp_path, hidden))
    assert not verdict.is_proved
    [line] = verdict.text.splitlines()
    assert line.isprintable()
    assert line.startswith("WRONG: \\")


def rewritten(pack: bytes, file: Path, change: Callable[[ZipFile, str, bytes], None]) -> Path:
    """The pack as another ZIP, each file as `change` writes it."""
    with ZipFile(io.BytesIO(pack)) as whole, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            change(archive, name, whole.read(name))
    return file


@pytest.mark.parametrize("name", ["entries.jsonl", "anchors.jsonl", "manifest.json", "manifest.sig"])
@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 200_000, b"1" * 20_000, b"\xff" * 9])
def test_json_that_no_parser_takes_is_named(pack: bytes, tmp_path: Path, name: str, content: bytes):
    def change(archive: ZipFile, own: str, whole: bytes) -> None:
        archive.writestr(own, content if own == name else whole)

    verdict = packs.verify(rewritten(pack, tmp_path / "pack.zip", change))
    assert not verdict.is_proved
    assert f"WRONG: {'manifest.json' if 'manifest' in name else name}" in verdict.text


@pytest.mark.parametrize("name", ["entries.jsonl", "anchors.jsonl", "manifest.json", "manifest.sig", "public-key.txt"])
def test_a_bomb_is_named_in_little_memory(pack: bytes, tmp_path: Path, name: str):
    def change(archive: ZipFile, own: str, whole: bytes) -> None:
        if own != name:
            archive.writestr(own, whole)
            return
        with archive.open(own, "w") as member:
            for _ in range(512):
                member.write(bytes(1 << 20))

    file = rewritten(pack, tmp_path / "pack.zip", change)
    verdict = packs.verify(file, memory=256 << 20)
    said = {"manifest.sig": "manifest.json", "public-key.txt": "the pack, its key"}
    assert not verdict.is_proved
    assert f"WRONG: {said.get(name, name)}" in verdict.text


@pytest.mark.parametrize("flaw", ["encrypted", "method", "lzma"])
def test_a_member_that_cannot_be_unpacked_is_named(pack: bytes, tmp_path: Path, flaw: str):
    file = tmp_path / "pack.zip"
    content = bytearray(pack)
    entry = content.rindex(b"entries.csv") - 46
    place, value = {"encrypted": (8, 1), "method": (10, 99), "lzma": (10, 14)}[flaw]
    content[entry + place] = value
    file.write_bytes(content)
    verdict = packs.verify(file)
    assert not verdict.is_proved
    assert "WRONG: entries.csv: is damaged" in verdict.text


@pytest.mark.parametrize("line", ["null", "{}", "[]", "0", '""', "false"])
def test_nothing_hides_behind_an_empty_line(folder: Path, line: str):
    file = folder / "entries.jsonl"
    lines = file.read_text().splitlines()
    forged = json.dumps(json.loads(lines[-1]) | {"record": "{}"})
    file.write_text("".join(f"{text}\n" for text in [*lines, line, forged]))
    packs.list_anew(folder)
    packs.sign_anew(folder)
    verdict = packs.verify(folder)
    assert not verdict.is_proved
    assert "WRONG: entries.jsonl" in verdict.text


def test_two_anchors_of_one_entry_that_differ_are_noticed(folder: Path, tmp_path_factory: Any):
    """Whichever comes last: the trail was written anew between them."""
    kept = tmp_path_factory.mktemp("kept") / "anchors.jsonl"
    anchor = AuditAnchor.objects.order_by("id").first()
    assert anchor
    lines = [audit_anchor.line_of(anchor)]
    anchor.chain_hash = "0" * 64
    anchor.signature = sign(audit_anchor.text_of(anchor))
    lines.append(audit_anchor.line_of(anchor))
    for order in (lines, lines[::-1]):
        kept.write_text("\n".join(order))
        assert not packs.verify(folder, "--anchors", str(kept)).is_proved
    file = folder / "anchors.jsonl"
    whole = file.read_text()
    other = json.dumps({"text": audit_anchor.text_of(anchor), "signature": anchor.signature})
    for order in ([whole, other], [f"{other}\n", whole]):
        file.write_text("".join(order))
        packs.list_anew(folder)
        packs.sign_anew(folder)
        verdict = packs.verify(folder)
        assert not verdict.is_proved
        assert f"does not lead to the anchor of entry {anchor.sequence} in" in verdict.text


def test_the_verifier_is_short_and_of_old_python():
    source = packs.VERIFIER.read_text()
    assert len(source.splitlines()) < 200
    ast.parse(source, feature_version=(3, 8))


def test_the_zip_is_whole_for_other_tools(pack: bytes):
    with ZipFile(io.BytesIO(pack)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*FILES, "manifest.json", "manifest.sig"]
