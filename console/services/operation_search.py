"""Searching the settled part of the ledger."""

from dataclasses import dataclass

from console.models import Operation, User
from console.services import ledger
from console.services.paging import Page, page


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSearch:
    """The filters; an empty one does not filter. `account` is a slug."""

    state: str = ""
    action: str = ""
    account: str = ""
    actor: User | None = None


def find_operations(*, reader: User, search: OperationSearch, cursor: str = "", size: int = 50) -> Page[Operation]:
    """A page of the settled operations that fit and that `reader` may see, newest first."""
    exact = {
        "state": search.state,
        "action": search.action,
        "account__slug": search.account,
        "actor": search.actor,
    }
    settled = ledger.find_settled(reader=reader).filter(**{name: value for name, value in exact.items() if value})
    return page(settled, order=ledger.NEWEST_FIRST, cursor=cursor, size=size)
