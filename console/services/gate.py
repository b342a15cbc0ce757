"""What every call to a platform passes before it leaves: the circuit, a place to wait, a slot of the quota."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from console.models import Account, Lane
from console.platforms.gate import Gate
from console.platforms.operations import OPERATIONS
from console.services import bulkhead, circuit, quota

# Nobody sits before what the worker does.
_WORKER_WAIT_S = 10.0
_WRITES = frozenset(operation.action for operation in OPERATIONS.values() if operation.writes)


def gate_for(account: Account, *, lane: Lane, username: str, admitted: Callable[[], None] | None) -> Gate:
    """The gate of an account's calls in one lane, counted as `username`'s; `admitted` is called behind it."""

    @contextmanager
    def pass_through(group: str) -> Iterator[None]:
        circuit.require_closed(account, writes=group in _WRITES)
        wait_s = settings.FORM_WAIT_S if lane == Lane.FORM else _WORKER_WAIT_S
        with (
            bulkhead.place(account),
            quota.slot(account, group, lane=lane, username=username, wait_s=wait_s),
        ):
            if admitted:
                admitted()
            with circuit.noting(account):
                yield

    return pass_through
