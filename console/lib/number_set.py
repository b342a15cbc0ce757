"""A set of whole numbers from a known range, a bit each: a million of them are 125 kB."""

from collections.abc import Iterable, Iterator


class NumberSet:
    def __init__(self, numbers: Iterable[int], *, first: int, last: int) -> None:
        """All `numbers` have to lie between `first` and `last`, both included."""
        self._first = first
        self._bits = bytearray((last - first) // 8 + 1)
        for number in numbers:
            byte, bit = divmod(number - first, 8)
            self._bits[byte] |= 1 << bit

    def __len__(self) -> int:
        return sum(byte.bit_count() for byte in self._bits)

    def __iter__(self) -> Iterator[int]:
        """In order."""
        for place, byte in enumerate(self._bits):
            if byte:
                start = self._first + 8 * place
                yield from (start + bit for bit in range(8) if byte >> bit & 1)
