"""A ZIP that is made while it is sent: no more of it is held than the piece under way."""

from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

PIECE_BYTES = 64 * 1024
# Text of a trail shrinks to a fifth already at the fastest level; the next ones cost three times the time.
LEVEL = 1

Member = tuple[str, Iterable[bytes]]


class _Sink:
    """Where the ZIP is written to: a file that can neither seek nor tell, and is emptied as it fills."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return taken


def stream_zip(members: Iterable[Member]) -> Iterator[bytes]:
    """The bytes of a ZIP with these files, each a name and its content in parts; the next file is asked for when the
    one before has ended. Whatever a content raises ends the ZIP without its directory, so that no tool takes it
    for whole.
    """
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:  # type: ignore[call-overload]  # needs no more
        for name, content in members:
            # Its size is not known yet, and may need the wide fields.
            with archive.open(name, "w", force_zip64=True) as member:
                for part in content:
                    member.write(part)
                    if sink.size >= PIECE_BYTES:
                        yield sink.take()
    yield sink.take()
