"""Accounts beside their latest sync, and whether that is long ago."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.models import Account, SyncRun, SyncState
from console.services.syncs import latest_of, verified_at_of
from console.templatetags.look import is_stale

# What the latest sync came to, as an outcome of the look.
_OUTCOMES = {
    SyncState.RUNNING: "requested",
    SyncState.COMPLETE: "done",
    SyncState.INCOMPLETE: "unknown",
    SyncState.FAILED: "refused",
    SyncState.CANCELLED: "abandoned",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedAccount:
    """`run` is the latest sync, `verified_at` when one was complete: the latest may have failed."""

    account: Account
    run: SyncRun | None
    verified_at: datetime | None

    @property
    def outcome(self) -> str:
        return outcome_of(self.run) if self.run else ""

    @property
    def is_stale(self) -> bool:
        return not self.verified_at or is_stale(self.verified_at)


def outcome_of(run: SyncRun) -> str:
    return _OUTCOMES[SyncState(run.state)]


def synced(accounts: Iterable[Account]) -> list[SyncedAccount]:
    """The accounts in their order, in three queries."""
    listed = list(accounts)
    latest, verified = latest_of(listed), verified_at_of(listed)
    return [
        SyncedAccount(account=account, run=latest.get(account.pk), verified_at=verified.get(account.pk))
        for account in listed
    ]
