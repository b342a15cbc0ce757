"""An evidence pack in the hands of an outsider: unpacked, changed, and verified by its own verify.py."""

import hashlib
import io
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from console.models import User
from console.services import evidence, evidence_pack
from console.services.audit_search import Search
from console.services.audit_signing import sign

VERIFIER = Path(evidence.__file__).resolve().parents[1] / "evidence" / "verify.py"


@dataclass(frozen=True, slots=True)
class Verdict:
    is_proved: bool
    text: str


def make(reader: User, **filters: Any) -> bytes:
    return b"".join(evidence.export(search=Search(**filters), reader=reader))


def unpack(pack: bytes, folder: Path) -> Path:
    with ZipFile(io.BytesIO(pack)) as archive:
        archive.extractall(folder)
    return folder


def verify(path: Path, *arguments: str, script: Path = VERIFIER, memory: int = resource.RLIM_INFINITY) -> Verdict:
    """Run the verifier as somebody without the console would: no packages, no environment, another folder. `memory`
    is all that it may have, in bytes.
    """
    command = [sys.executable, "-I", "-S", str(script), *arguments, str(path)]
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (memory, memory))
    done = subprocess.run(
        command, env={}, cwd="/", capture_output=True, text=True, check=False, timeout=60, preexec_fn=limit
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 1), done.stderr
    return Verdict(is_proved=done.returncode == 0, text=done.stdout + done.stderr)


def entries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "entries.jsonl").read_text().splitlines()]


def edit_line(folder: Path, name: str, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one line of a file of JSON lines, the first being 0."""
    lines = (folder / name).read_text().splitlines()
    line = json.loads(lines[number])
    change(line)
    lines[number] = json.dumps(line, ensure_ascii=False)
    (folder / name).write_text("".join(f"{text}\n" for text in lines))


def list_anew(folder: Path, **chain: int) -> None:
    """Let the manifest name the files as they are now, as a careful forger would. `chain` changes what it says."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for name in manifest["files"]:
        manifest["files"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    manifest["chain"].update(chain)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def sign_anew(folder: Path) -> None:
    """Sign the manifest as only the console can: what the chain shows of a pack is then all that is left."""
    (folder / "manifest.sig").write_text(sign(f"{evidence_pack.FORMAT}\n{(folder / 'manifest.json').read_text()}"))
