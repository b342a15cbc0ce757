"""Who sees which accounts, and all that is in them: everybody, unless an account is limited to groups.

Whoever manages accounts sees all of them. Nobody else has an exception: an auditor reads the trail of the accounts
that an auditor's groups let them see.
"""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from console.models import Account, AuditEntry, Circuit, DriftItem, Module, Operation, Product, SyncRun, User
from console.services.roles import Permission, permissions_of, reads_all_audit

Row = TypeVar("Row", bound=Model)

# One row for each account and each group that it is limited to.
Limit = Account.visible_to.through


def sees_all(user: User) -> bool:
    """Whether no limit of an account holds for a person."""
    return Permission.MANAGE_ACCOUNTS in permissions_of(user)


def accounts_of(user: User) -> QuerySet[Account]:
    """The accounts that a person may see."""
    return _seen(Account.objects.all(), user, by="pk")


def hidden_from(user: User) -> QuerySet[Account]:
    """The other ones. No page may tell whether there are any."""
    return Account.objects.none() if sees_all(user) else Account.objects.filter(pk__in=_closed_to(user))


def products_of(user: User) -> QuerySet[Product]:
    return _seen(Product.objects.all(), user, by="account")


def modules_of(user: User) -> QuerySet[Module]:
    return _seen(Module.objects.all(), user, by="product__account")


def operations_of(user: User) -> QuerySet[Operation]:
    return _seen(Operation.objects.all(), user, by="account")


def drift_of(user: User) -> QuerySet[DriftItem]:
    return _seen(DriftItem.objects.all(), user, by="account")


def syncs_of(user: User) -> QuerySet[SyncRun]:
    return _seen(SyncRun.objects.all(), user, by="account")


def circuits_of(user: User) -> QuerySet[Circuit]:
    return _seen(Circuit.objects.all(), user, by="account")


def entries_of(user: User) -> QuerySet[AuditEntry]:
    """The audit entries that a person may read: everybody's or their own, and of those the ones about accounts that
    they see or about none. What somebody did on an account is out of their sight once the account is.
    """
    entries = _seen(AuditEntry.objects.all(), user, by="account_slug", named="account__slug")
    return entries if reads_all_audit(user) else entries.filter(actor=user)


def may_open(entry: AuditEntry, user: User) -> bool:
    """Whether somebody who sees the account of an entry may read it: what `entries_of` says, without a query."""
    return reads_all_audit(user) or entry.actor_id == user.pk


def _seen(rows: QuerySet[Row], user: User, *, by: str, named: str = "account") -> QuerySet[Row]:
    """The rows whose account is not closed to a person: one condition that the database works out once."""
    return rows if sees_all(user) else rows.exclude(**{f"{by}__in": _closed_to(user, named)})


def _closed_to(user: User, named: str = "account") -> QuerySet[Any, Any]:
    """The accounts that are limited to groups, none of which the person is in."""
    open_to = Limit.objects.filter(group__user=user).values("account")
    closed: QuerySet[Any, Any] = Limit.objects.exclude(account__in=open_to).values(named)
    return closed
