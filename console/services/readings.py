"""Readings: what a platform showed at one moment, and which of the console's own operations may stand behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from console.models import Account, Action, Module, Operation, OperationState, Product, SyncRun, SyncState
from console.models.operation import OPEN_STATES
from console.platforms.rules import fold

Row = Product | Module
Values = Mapping[str, Any]

SYNC, REFRESH, REGISTER = "sync", "refresh", "register product"

# For so long after one of our own operations the lists of a platform may still show how it was before.
LAG = timedelta(minutes=2)
_NOT_DONE = (OperationState.REFUSED, OperationState.NOT_SENT)
_CREATES = (Action.PRODUCT_CREATE, Action.MODULE_CREATE)

# What people edit, under the name that an operation sends it by.
_SENT_AS = {"product_name": "ProductName", "description": "Description", "alias_name": "AliasName", "desc": "Desc"}
# What changes by itself.
_NEVER_DRIFT = frozenset({"device_count"})
_UNTOLD = ("", None)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One answer, asked for at `at`: what is compared with it was known before. `by` names what asked, and `sync`
    the run if it was one. The account's operations are fetched once, when the first difference is seen.
    """

    account: Account
    at: datetime
    by: str
    sync: SyncRun | None = None

    @property
    def finds_drift(self) -> bool:
        """Whether it only read: what an operation of ours brings into the cache is never drift."""
        return self.by in (SYNC, REFRESH, REGISTER)

    @cached_property
    def has_baseline(self) -> bool:
        """Whether the account was read to its end before; else everything in it is seen for the first time."""
        return SyncRun.objects.filter(account=self.account, state=SyncState.COMPLETE).exists()

    def own(self, row: Row) -> list[Operation]:
        """Our operations on a product or module that are open, or so recent that the platform may lag behind."""
        keys = _keys_of(row)
        return [operation for operation in self._own if _key_of(operation) in keys]

    def lags_behind_deletion(self, module: Module) -> bool:
        """Whether deleting it was the last that we did to it, so recently that a list may still show it."""
        latest = max(self.own(module), key=lambda operation: operation.created_at, default=None)
        return self.finds_drift and latest is not None and latest.action == Action.MODULE_DELETE

    @cached_property
    def _own(self) -> list[Operation]:
        since = self.at - LAG
        near = Q(state__in=OPEN_STATES) | Q(sent_at__gte=since) | Q(settled_at__gte=since)
        return list(Operation.objects.filter(near, account=self.account).exclude(state__in=_NOT_DONE))

    def judge(self, row: Row, shown: Values) -> tuple[list[str], list[str]]:
        """Of what is shown otherwise than it is known: the names of what lags behind our own last edit, and of
        what drifted. While an operation is open nobody can tell whose a difference is.
        """
        names = [name for name, value in shown.items() if _differs(name, getattr(row, name), value)]
        if not names or not self.finds_drift:
            return [], []
        own = self.own(row)
        if any(operation.is_open for operation in own):
            return [], []
        lagging = [name for name in names if any(_replaced(operation, name, shown[name]) for operation in own)]
        ours = [name for name in names if any(_sent(operation, name, shown[name]) for operation in own)]
        return lagging, [name for name in names if name not in (*lagging, *ours)]


def _keys_of(row: Row) -> set[tuple[str, str]]:
    if isinstance(row, Module):
        return {("module", fold(f"{row.product.product_key}/{row.folded_name}"))}
    return {("product", fold(row.product_key)), ("product", fold(row.product_name))}


def _key_of(operation: Operation) -> tuple[str, str]:
    return operation.action.partition(".")[0], fold(operation.natural_key)


def _differs(name: str, known: object, shown: object) -> bool:
    """A list leaves out what a product tells in full, so only the texts that people edit can become empty."""
    if name in _NEVER_DRIFT or known == shown:
        return False
    return name in _SENT_AS or (known not in _UNTOLD and shown not in _UNTOLD)


def _replaced(operation: Operation, name: str, value: object) -> bool:
    """Whether a value is the one that an edit of ours replaced."""
    sent_as = _SENT_AS.get(name)
    return sent_as in operation.parameters and value == operation.before.get(sent_as, "")


def _sent(operation: Operation, name: str, value: object) -> bool:
    """Whether a value came by an operation of ours; what nobody edits settles by itself after one."""
    sent_as = _SENT_AS.get(name)
    if sent_as is None:
        return True
    asked = operation.parameters.get(sent_as, "" if operation.action in _CREATES else None)
    return bool(value == asked)
