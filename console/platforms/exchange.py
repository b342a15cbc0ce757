"""One call under way: how long it may still take, and whether anything of it has left."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Exchange:
    """The state that a call shares with the connection that carries it.

    `target` is what follows the method on the request line. `sent` turns true before the first byte is
    handed to the socket: while it is false, nothing can have reached the platform. `said_too_much` tells
    that bytes came after the answer's announced end: the next answer would not be to the next request.
    """

    read_s: float
    deadline: float = 0.0
    target: str = field(default="/", repr=False)
    sent: bool = False
    may_reuse: bool = False
    said_too_much: bool = False

    def begin(self, target: str, *, total_s: float, may_reuse: bool) -> None:
        """Start a new call on the same connection."""
        self.deadline = time.monotonic() + total_s
        self.target = target
        self.sent = False
        self.may_reuse = may_reuse and not self.said_too_much
        self.said_too_much = False

    def patience_s(self) -> float:
        """Seconds that the next wait may take. Raise TimeoutError when the call has used up its time."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call has used up its time")
        return min(self.read_s, left)
