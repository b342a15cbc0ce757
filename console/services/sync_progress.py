"""How far a sync got, and how long the rest takes at the account's quota."""

from dataclasses import dataclass
from math import ceil

from console.models import Quota, SyncRun
from console.platforms.operations import LIST_OTA_MODULES, QUERY_PRODUCT_LIST, QUOTA_GROUPS
from console.services.sync_steps import PAGE_SIZE, find_unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """In calls: one for each page of products, then one for each product's modules. None of it is known before the
    first page has come; `seconds_left` is what the quota allows at best.
    """

    calls_done: int
    pages_left: int | None = None
    products_left: int | None = None
    seconds_left: int | None = None

    @property
    def calls(self) -> int | None:
        """All calls of the sync, as far as it is known."""
        if self.pages_left is None or self.products_left is None:
            return None
        return self.calls_done + self.pages_left + self.products_left


def progress_of(run: SyncRun) -> Progress:
    """The progress of a running sync, in two queries at most."""
    calls_done = run.pages_read + run.products_done
    if run.products_total is None:
        return Progress(calls_done=calls_done)
    pages_left = 0 if run.pages_complete else ceil((run.products_total - run.products_read) / PAGE_SIZE)
    products_left = find_unread(run).count() if run.pages_complete else run.products_total
    return Progress(
        calls_done=calls_done,
        pages_left=pages_left,
        products_left=products_left,
        seconds_left=_seconds(run, {QUERY_PRODUCT_LIST.action: pages_left, LIST_OTA_MODULES.action: products_left}),
    )


def _seconds(run: SyncRun, calls: dict[str, int]) -> int:
    own = Quota.objects.filter(account=run.account_id, group__in=calls)
    limits = {**QUOTA_GROUPS, **dict(own.values_list("group", "per_second"))}
    return ceil(sum(count / limits[group] for group, count in calls.items()))
