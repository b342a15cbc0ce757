"""What every call to a platform passes before it leaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from console.models import Account, Lane
from console.platforms.gate import Gate


def gate_for(account: Account, *, lane: Lane, username: str, admitted: Callable[[], None] | None) -> Gate:  # noqa: ARG001
    """The gate of an account's calls in one lane."""

    @contextmanager
    def pass_through(_group: str) -> Iterator[None]:
        if admitted:
            admitted()
        yield

    return pass_through
