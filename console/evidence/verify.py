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
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

FORMAT = b"ota-console-evidence-1\n"
MOST = 1 << 24  # bytes of a line, and of a file that is read at once: a small ZIP can unpack to any size

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
    scalar = int.from_bytes(signature[32:64], "little")
    try:
        public, commitment = point_of(key), point_of(signature[:32])
    except ValueError:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    a, b = multiply(scalar, BASE), add(commitment, multiply(digest, public))
    return len(signature) == 64 and scalar < ORDER and not any((a[i] * b[2] - b[i] * a[2]) % P for i in (0, 1))


def decode(text: str) -> bytes:
    return base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)


class WrongError(Exception):
    """What does not hold, in words that begin with the name of the file."""


class Pack:
    def __init__(self, path: Path) -> None:
        archive = None if path.is_dir() else zipfile.ZipFile(path)
        self.names = archive.namelist() if archive else [child.name for child in path.glob("[!.]*")]
        self._find = archive.open if archive else lambda name: (path / name).open("rb")

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._find(name)
        except (KeyError, FileNotFoundError):
            raise WrongError(f"{name}: is missing") from None

    def lines(self, name: str) -> Iterator[tuple[str, Any]]:
        """The place of each line, and what it holds."""
        with self.open(name) as file:
            for number, line in enumerate(iter(lambda: file.readline(MOST), b""), 1):
                try:
                    yield f"{name} line {number}", json.loads(line)
                except (ValueError, RecursionError):
                    raise WrongError(f"{name} line {number}: cannot be read") from None


def check_file(pack: Pack, name: str, sha256: str) -> None:
    digest = hashlib.sha256()
    with pack.open(name) as file:
        for part in iter(lambda: file.read(1 << 16), b""):
            digest.update(part)
    if digest.hexdigest() != sha256:
        raise WrongError(f"{name}: is not the file that manifest.json names")


def read_anchors(pack: Pack, key: bytes) -> dict[int, set[str]]:
    """The chain hash at each anchored entry, from anchors that the key has signed: one, unless they differ."""
    anchors: dict[int, set[str]] = defaultdict(set)
    for place, line in pack.lines("anchors.jsonl"):
        if not is_signed(key, line["text"].encode(), decode(line["signature"])):
            raise WrongError(f"{place}: its signature is not one of this key")
        anchor = json.loads(line["text"])
        anchors[anchor["sequence"]].add(anchor["chain_hash"])
    return anchors


def walk(pack: Pack, span: dict[str, Any], known: dict[str, dict[int, set[str]]]) -> None:
    """Compute the chain up to the last anchor, and meet every entry and every known hash on the way."""
    chain, entries, count = bytes.fromhex(span["previous"]), pack.lines("entries.jsonl"), 0
    end: tuple[str, Any] = "", None
    place, entry = next(entries, end)
    with pack.open("chain.bin") as hashes:
        for number in range(span["first"], span["last"] + 1):
            own = hashes.read(32)
            if len(own) < 32 or not any(own):
                raise WrongError(f"chain.bin: has no hash of entry {number}: cut off, or missing in the trail itself")
            chain = hashlib.sha256(chain + own).digest()
            if place and entry["sequence"] == number:
                found = hashlib.sha256(entry["record"].encode()).hexdigest(), entry["record_hash"], entry["chain_hash"]
                if found != (own.hex(), own.hex(), chain.hex()):
                    raise WrongError(f"{place}: entry {number} is not the one in the chain")
                (place, entry), count = next(entries, end), count + 1
            for name, hashes_at in known.items():
                if hashes_at.get(number, {chain.hex()}) != {chain.hex()}:
                    raise WrongError(f"chain.bin: does not lead to the anchor of entry {number} in {name}")
    if place or count != span["entries"]:
        raise WrongError(f"{place or 'entries.jsonl'}: an entry is left out, added, or out of order")
    if span["last"] not in known["anchors.jsonl"]:
        raise WrongError(f"anchors.jsonl: has no anchor of entry {span['last']}, where the chain ends")


@contextmanager
def noting(wrong: list[str], name: str) -> Iterator[None]:
    try:
        yield
    except WrongError as error:
        wrong.append(str(error))
    except Exception as error:  # noqa: BLE001  of what others wrote anything may come
        wrong.append(f"{name}: is damaged, or cannot be read: {error}")


def verify(pack: Pack, key: bytes, kept: dict[int, set[str]]) -> tuple[dict[str, Any], list[str]]:
    """What the manifest says of the chain, and all that is wrong."""
    wrong: list[str] = []
    files, span, known = {}, {}, {"anchors.jsonl": {}, "your file": kept}
    with noting(wrong, "manifest.json"):
        manifest = pack.open("manifest.json").read(MOST)
        if not is_signed(key, FORMAT + manifest, decode(pack.open("manifest.sig").read(MOST).decode())):
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
    wrong: list[str] = []
    kept: dict[int, set[str]] = defaultdict(set)
    with noting(wrong, "the pack, its key or your anchors"):
        pack = Pack(asked.pack)
        key = decode(asked.key or pack.open("public-key.txt").read(MOST).decode())
        for line in map(json.loads, asked.anchors.read_text().splitlines() if asked.anchors else []):
            kept[line["sequence"]].add(line["chain_hash"])
        span, wrong = verify(pack, key, kept)
    if wrong:  # spelled out where a terminal would obey it: the name of a file may be meant to hide a line
        texts = ("".join(char if char.isprintable() else ascii(char)[1:-1] for char in text) for text in wrong)
        sys.exit("\n".join(f"WRONG: {text}" for text in texts))
    met = f"; {sum(span['first'] <= number <= span['last'] for number in kept)} of your anchors agree" if kept else ""
    sys.stdout.write(f"PROVED: {span['entries']} entries, unchanged and in place up to anchor {span['last']}{met}\n")
    whose = "as you gave it" if asked.key else "the pack's own: compare it with one that you trust"
    sys.stdout.write(f"SIGNED by {base64.b64encode(key).decode()} ({whose})\n")


if __name__ == "__main__":
    main()
