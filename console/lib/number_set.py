"""A set of whole numbers from a known range, a bit each: a million of them are 125 kB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class NumberSet:
    def __init__(self, numbers: Iterable[int], *, first: int, last: int) -> None:
        """All `numbers` have to lie between `first` and `last`, both included."""
        self._first = first
        self._bits = bytearray((last - first) // 8 + 1)
        for number in numbers:
            byte, bit = divmod(number - first, 8)
            self._bits[byte] |= 1 << bit

    @classmethod
    def from_bytes(cls, bits: bytes | memoryview, *, first: int) -> NumberSet:
        """What `to_bytes` gave."""
        numbers = cls((), first=first, last=first)
        numbers._bits = bytearray(bits)
        return numbers

    def to_bytes(self) -> bytes:
        """A bit for each number from the first on, the lowest of each byte first."""
        return bytes(self._bits)

    def __len__(self) -> int:
        return sum(byte.bit_count() for byte in self._bits)

    def __iter__(self) -> Iterator[int]:
        """In order."""
        for place, byte in enumerate(self._bits):
            if byte:
                start = self._first + 8 * place
                yield from (start + bit for bit in range(8) if byte >> bit & 1)
