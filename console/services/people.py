"""People: what changes of them is told, by their number and never by a name, which lives apart from the trail."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Max

from console.models import Outcome, User
from console.services import audit

# Told with what was before and after; of the personal ones and the password only that they changed.
_OPEN = ("is_active", "is_staff", "is_superuser", "groups")
_PERSONAL = ("username", "first_name", "last_name", "email")
_ROLES = {"groups", "is_superuser"}

Facts = Mapping[str, str]


def facts_of(user: User) -> Facts:
    """How a person is stored now; it stays in memory, since names and a password's hash are in it."""
    names = user.groups.order_by("name").values_list("name", flat=True)
    columns = {name: str(getattr(user, name)) for name in (*_OPEN, *_PERSONAL, "password") if name != "groups"}
    return columns | {"groups": ", ".join(names)}


def find_facts(user_id: str | int) -> Facts:
    """The same by number; empty when there is nobody."""
    user = User.objects.filter(pk=user_id).first()
    return facts_of(user) if user else {}


def tell_created(user: User, *, actor: User | None, by: str = "") -> None:
    """Tell that a person was entered, inside the transaction of it; `by` names the command that did it."""
    facts = facts_of(user)
    _tell("user.create", user, actor, by, {name: facts[name] for name in _OPEN})


def tell_changes(user: User, *, before: Facts, actor: User | None, by: str = "") -> None:
    """Tell what changed since `before`, inside the transaction of it: roles, password and the rest separately."""
    after = facts_of(user)
    changed = {name for name in after if after[name] != before[name]}
    for action, names in (
        ("user.roles", changed & _ROLES),
        ("user.password", changed & {"password"}),
        ("user.update", changed - _ROLES - {"password"}),
    ):
        if names:
            _tell(action, user, actor, by, _worded(names, before, after))


def _worded(names: set[str], before: Facts, after: Facts) -> dict[str, str]:
    words: dict[str, str] = {}
    for name in sorted(names):
        if name in _OPEN:
            words |= {f"before {name}": before[name], f"after {name}": after[name]}
        else:
            words[name] = "changed"
    return words


@contextmanager
def telling_new(*, by: str) -> Iterator[None]:
    """Tell of the people that a command has entered meanwhile. It may ask for what to enter: no transaction is open."""
    newest = User.objects.aggregate(newest=Max("pk"))["newest"] or 0
    yield
    with transaction.atomic():
        for user in User.objects.filter(pk__gt=newest).order_by("pk"):
            tell_created(user, actor=None, by=by)


@contextmanager
def telling(user: User, *, actor: User | None, by: str = "") -> Iterator[None]:
    """Tell what has changed of a person meanwhile; within a transaction both are kept or neither is."""
    before = facts_of(user)
    yield
    user.refresh_from_db()
    with transaction.atomic():
        tell_changes(user, before=before, actor=actor, by=by)


def _tell(action: str, user: User, actor: User | None, by: str, parameters: Mapping[str, str]) -> None:
    told = {**parameters, "by": by} if by else parameters
    audit.append(audit.Event(action=action, outcome=Outcome.DONE, actor=actor, target=user, parameters=told))
