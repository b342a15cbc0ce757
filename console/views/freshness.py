"""Accounts beside their latest sync, and whether that is long ago."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from console.models import Account, SyncRun, SyncState
from console.services.syncs import latest_of

# What the latest sync came to, as an outcome of the look.
_OUTCOMES = {
    SyncState.RUNNING: "requested",
    SyncState.COMPLETE: "done",
    SyncState.INCOMPLETE: "unknown",
    SyncState.FAILED: "refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedAccount:
    account: Account
    run: SyncRun | None

    @property
    def outcome(self) -> str:
        return outcome_of(self.run) if self.run else ""

    @property
    def is_stale(self) -> bool:
        return not self.run or is_stale(self.run.started_at)


def outcome_of(run: SyncRun) -> str:
    return _OUTCOMES[SyncState(run.state)]


def is_stale(verified_at: datetime) -> bool:
    """Whether what was seen then is older than the console calls fresh."""
    return verified_at < timezone.now() - timedelta(seconds=settings.FRESH_FOR_S)


def synced(accounts: Iterable[Account]) -> list[SyncedAccount]:
    """The accounts in their order, in two queries."""
    listed = list(accounts)
    latest = latest_of(listed)
    return [SyncedAccount(account=account, run=latest.get(account.pk)) for account in listed]
