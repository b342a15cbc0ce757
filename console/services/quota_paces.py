"""How an account's quota stands: what is given out now, and how long a call would wait for its turn."""

from dataclasses import dataclass

from console.models import Account, Lane
from console.platforms.capabilities import capabilities
from console.platforms.operations import OPERATIONS, QUOTA_GROUPS
from console.platforms.types import Platform
from console.services import quota_sql
from console.services.quota_slots import durations


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """One quota group: the limit, how many slots are given out now, how many are held, and the wait of a form."""

    group: str
    per_second: int
    allowed: int
    in_use: int
    wait_s: float

    @property
    def is_cut(self) -> bool:
        """Whether throttling answers made the console slower than the limit."""
        return self.allowed < self.per_second


def expected_wait_s(account: Account, group: str, *, lane: Lane) -> float:
    """Seconds until a call of the lane would get a slot, at the soonest; 0.0 for a group that was never used."""
    return next((pace.wait_s for pace in _read(account, group=group, lane=lane)), 0.0)


def paces_of(account: Account) -> list[Pace]:
    """Every quota group that the account's platform has, in the order of the operations."""
    used = {pace.group: pace for pace in _read(account, group="", lane=Lane.FORM)}
    return [used.get(group) or _unused(group) for group in groups_of(account)]


def groups_of(account: Account) -> list[str]:
    """The quota groups of the operations that the account's platform documents."""
    can = capabilities(Platform(account.platform))
    return [group for group in QUOTA_GROUPS if getattr(can, OPERATIONS[group.partition(".")[0]].capability)]


def _unused(group: str) -> Pace:
    limit = QUOTA_GROUPS[group]
    return Pace(group=group, per_second=limit, allowed=limit, in_use=0, wait_s=0.0)


def _read(account: Account, *, group: str, lane: Lane) -> list[Pace]:
    rows = quota_sql.run(quota_sql.PACES, account=account.pk.hex, group=group, lane=lane.value, **durations())
    return [
        Pace(group=name, per_second=per_second, allowed=allowed, in_use=in_use, wait_s=wait_s or 0.0)
        for name, per_second, allowed, in_use, wait_s in rows
    ]
