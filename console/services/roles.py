"""Who may do what: the matrix of roles and permissions, as data."""

from enum import StrEnum, auto
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group
from django.db import transaction

from console.models import User
from console.services import people


class Role(StrEnum):
    """The name of each role is the name of its group."""

    VIEWER = "viewer"
    PRODUCT_MANAGER = "product manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Permission(StrEnum):
    BROWSE = auto()
    WRITE = auto()
    READ_OWN_AUDIT = auto()
    READ_AUDIT = auto()
    REVEAL_SECRET = auto()
    MANAGE_ACCOUNTS = auto()
    MANAGE_USERS = auto()


_EVERYBODY = frozenset({Permission.BROWSE, Permission.READ_OWN_AUDIT})
MATRIX: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _EVERYBODY,
    Role.PRODUCT_MANAGER: _EVERYBODY | {Permission.WRITE},
    Role.AUDITOR: _EVERYBODY | {Permission.READ_AUDIT},
    Role.ADMIN: frozenset(Permission),
}


def roles_of(user: User | AnonymousUser) -> frozenset[Role]:
    """The roles of a person: the groups that bear a role's name. A superuser is an admin."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    roles = frozenset(role for role in Role if role in user.group_names)
    return roles | {Role.ADMIN} if user.is_superuser else roles


def permissions_of(user: User | AnonymousUser) -> frozenset[Permission]:
    """All that the roles of a person allow; nobody without a role may do anything."""
    return frozenset().union(*(MATRIX[role] for role in roles_of(user)))


def reads_all_audit(user: User) -> bool:
    """Whether a person reads the whole trail; everybody else reads what they did themselves."""
    return Permission.READ_AUDIT in permissions_of(user)


def make_groups(**_signal: Any) -> None:
    """Make the group of each role after a migration, so that an administrator finds all of them to give."""
    for role in Role:
        Group.objects.get_or_create(name=role)


def grant(user: User, role: Role, *, actor: User | None = None, by: str = "") -> None:
    """Give a person a role and tell the trail; `by` names what gave it when nobody signed in did."""
    with transaction.atomic(), people.telling(user, actor=actor, by=by):
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    vars(user).pop("group_names", None)


def revoke(user: User, role: Role, *, actor: User | None = None, by: str = "") -> None:
    """Take a role from a person and tell the trail, as `grant` does."""
    with transaction.atomic(), people.telling(user, actor=actor, by=by):
        user.groups.remove(*Group.objects.filter(name=role))
    vars(user).pop("group_names", None)
