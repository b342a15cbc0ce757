"""Verify an evidence pack of OTA Console: python3 verify.py [--key PUBLICKEY] [--anchors FILE] [PACK]

PACK is the ZIP, or the folder it was unpacked into: by default the folder of this file. Needs Python 3.8 or newer and
nothing else. Says what is proved (status 0), or which file and entry is wrong (status 1).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

FORMAT = b"ota-console-evidence-1\n"
BROKEN = (ValueError, LookupError, TypeError, AttributeError, OSError, EOFError, zipfile.BadZipFile, zlib.error)

# Ed25519 after RFC 8032, section 5.1: points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    low, high = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    product, depth = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = high - low, depth - product, depth + product, high + low
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar: int, point: tuple[int, ...]) -> tuple[int, ...]:
    rest = multiply(scalar >> 1, add(point, point)) if scalar else (0, 1, 1, 0)
    return add(rest, point) if scalar & 1 else rest


def point_of(data: bytes) -> tuple[int, ...]:
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(data) != 32 or y >= P or (x * x - square) % P or (sign and not x):
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) of the message is one of the public key (32 bytes)."""
    scalar = int.from_bytes(signature[32:], "little")
    try:
        public, commitment = point_of(key), point_of(signature[:32])
    except ValueError:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = multiply(scalar, BASE), add(commitment, multiply(digest, public))
    is_same = not any((left[i] * right[2] - right[i] * left[2]) % P for i in (0, 1))
    return is_same and len(signature) == 64 and scalar < ORDER


def decode(text: str) -> bytes:
    return base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)


class WrongError(Exception):
    """What does not hold, in words that begin with the name of the file."""


class Pack:
    def __init__(self, path: Path) -> None:
        archive = None if path.is_dir() else zipfile.ZipFile(path)
        names = archive.namelist() if archive else [child.name for child in path.iterdir()]
        self.names = [name for name in names if not name.startswith((".", "__pycache__"))]
        self._find = archive.open if archive else lambda name: (path / name).open("rb")

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._find(name)
        except (KeyError, FileNotFoundError):
            raise WrongError(f"{name}: is missing") from None

    def lines(self, name: str) -> Iterator[tuple[str, Any]]:
        """The place of each line, and what it holds."""
        with self.open(name) as file:
            for number, line in enumerate(file, 1):
                try:
                    yield f"{name} line {number}", json.loads(line)
                except ValueError:
                    raise WrongError(f"{name} line {number}: cannot be read") from None


def check_file(pack: Pack, name: str, sha256: str) -> None:
    digest = hashlib.sha256()
    with pack.open(name) as file:
        for part in iter(lambda: file.read(1 << 16), b""):
            digest.update(part)
    if digest.hexdigest() != sha256:
        raise WrongError(f"{name}: is not the file that manifest.json names")


def read_anchors(pack: Pack, key: bytes) -> dict[int, str]:
    """The chain hash at each anchored entry, from anchors that the key has signed."""
    anchors: dict[int, str] = {}
    for place, line in pack.lines("anchors.jsonl"):
        if not is_signed(key, line["text"].encode(), decode(line["signature"])):
            raise WrongError(f"{place}: its signature is not one of this key")
        anchor = json.loads(line["text"])
        anchors[anchor["sequence"]] = anchor["chain_hash"]
    return anchors


def walk(pack: Pack, span: dict[str, Any], known: dict[str, dict[int, str]]) -> None:
    """Compute the chain up to the last anchor, and meet every entry and every known hash on the way."""
    chain, entries, count = bytes.fromhex(span["previous"]), pack.lines("entries.jsonl"), 0
    place, entry = next(entries, ("", None))
    with pack.open("chain.bin") as hashes:
        for number in range(span["first"], span["last"] + 1):
            own = hashes.read(32)
            if len(own) < 32 or not any(own):
                raise WrongError(f"chain.bin: has no hash of entry {number}: cut off, or missing in the trail itself")
            chain = hashlib.sha256(chain + own).digest()
            if entry and entry["sequence"] == number:
                found = hashlib.sha256(entry["record"].encode()).hexdigest(), entry["record_hash"], entry["chain_hash"]
                if found != (own.hex(), own.hex(), chain.hex()):
                    raise WrongError(f"{place}: entry {number} is not the one in the chain")
                (place, entry), count = next(entries, ("", None)), count + 1
            for name, hashes_at in known.items():
                if hashes_at.get(number, chain.hex()) != chain.hex():
                    raise WrongError(f"chain.bin: does not lead to the anchor of entry {number} in {name}")
    if entry or count != span["entries"]:
        raise WrongError(f"{place or 'entries.jsonl'}: an entry is left out, added, or out of order")
    if span["last"] not in known["anchors.jsonl"]:
        raise WrongError(f"anchors.jsonl: has no anchor of entry {span['last']}, where the chain ends")


@contextmanager
def noting(wrong: list[str], name: str) -> Iterator[None]:
    try:
        yield
    except WrongError as error:
        wrong.append(str(error))
    except BROKEN:
        wrong.append(f"{name}: is damaged")


def verify(pack: Pack, key: bytes, kept: dict[int, str]) -> tuple[dict[str, Any], list[str]]:
    """What the manifest says of the chain, and all that is wrong."""
    wrong: list[str] = []
    files, span, known = {}, {}, {"anchors.jsonl": {}, "your file": kept}
    with noting(wrong, "manifest.json"):
        manifest = pack.open("manifest.json").read()
        if not is_signed(key, FORMAT + manifest, decode(pack.open("manifest.sig").read().decode())):
            wrong.append("manifest.json: the signature in manifest.sig is not one of this key")
        files, span = json.loads(manifest)["files"], json.loads(manifest)["chain"]
    odd = Counter(pack.names) - Counter([*files, "manifest.json", "manifest.sig"])
    wrong += [f"{name}: does not belong to the pack" for name in odd]
    for name in files:
        with noting(wrong, name):
            check_file(pack, name, files[name]["sha256"])
    with noting(wrong, "anchors.jsonl"):
        known["anchors.jsonl"] = read_anchors(pack, key)
    with noting(wrong, "entries.jsonl"):
        walk(pack, span, known)
    return span, list(dict.fromkeys(wrong))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--key", help="the console's public key in base64, from a source that you trust")
    parser.add_argument("--anchors", type=Path, help="anchors that you kept, one JSON object a line")
    parser.add_argument("pack", type=Path, nargs="?", default=Path(__file__).resolve().parent)
    asked = parser.parse_args()
    try:
        pack, lines = Pack(asked.pack), asked.anchors.read_text().splitlines() if asked.anchors else []
        key = decode(asked.key or pack.open("public-key.txt").read().decode())
        kept = {line["sequence"]: line["chain_hash"] for line in map(json.loads, lines)}
        span, wrong = verify(pack, key, kept)
    except (WrongError, *BROKEN) as error:
        sys.exit(f"WRONG: the pack, its key or the anchors cannot be read: {error}")
    if wrong:
        sys.exit("\n".join(f"WRONG: {finding}" for finding in wrong))
    met = f"; {sum(span['first'] <= number <= span['last'] for number in kept)} of your anchors agree" if kept else ""
    sys.stdout.write(f"PROVED: {span['entries']} entries, unchanged and in place up to anchor {span['last']}{met}\n")
    whose = "as you gave it" if asked.key else "the pack's own: compare it with one that you trust"
    sys.stdout.write(f"SIGNED by {base64.b64encode(key).decode()} ({whose})\n")


if __name__ == "__main__":
    main()
