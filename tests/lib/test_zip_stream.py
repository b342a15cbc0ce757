import io
from collections.abc import Iterator
from random import Random
from zipfile import BadZipFile, ZipFile

import pytest

from console.lib.zip_stream import PIECE_BYTES, stream_zip


def read(pack: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(pack)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def noise(size: int) -> bytes:
    """Bytes that do not shrink."""
    return Random(size).randbytes(size)


def test_what_goes_in_comes_out():
    members = {"a.txt": [b"one ", b"", b"two"], "b/灯.bin": [noise(3 * PIECE_BYTES)], "empty": []}
    pack = b"".join(stream_zip(members.items()))
    assert read(pack) == {name: b"".join(parts) for name, parts in members.items()}


def test_no_members_are_an_empty_zip():
    assert read(b"".join(stream_zip([]))) == {}


def test_a_member_is_asked_for_when_the_one_before_has_been_read():
    asked: list[str] = []

    def content(name: str) -> Iterator[bytes]:
        asked.append(f"begin {name}")
        yield name.encode()
        asked.append(f"end {name}")

    b"".join(stream_zip((name, content(name)) for name in "ab"))
    assert asked == ["begin a", "end a", "begin b", "end b"]


def test_it_is_sent_while_it_is_made():
    made = 0

    def content() -> Iterator[bytes]:
        nonlocal made
        for made in range(1, 33):  # noqa: B007  counts what was asked for
            yield noise(PIECE_BYTES)

    parts = stream_zip([("noise", content())])
    next(parts)
    assert made < 4


def test_a_content_that_fails_ends_the_zip_without_its_directory():
    def content() -> Iterator[bytes]:
        yield noise(4 * PIECE_BYTES)
        raise OSError("the database is away")

    sent = []
    with pytest.raises(OSError, match="away"):
        sent.extend(stream_zip([("whole", [b"1"]), ("noise", content())]))
    with pytest.raises(BadZipFile):
        read(b"".join(sent))
