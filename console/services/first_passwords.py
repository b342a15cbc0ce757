"""First passwords: one that an administrator typed for somebody is provisional, until that person chooses their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from console.models import User

# Why the trail says that a right password was refused; whoever typed it is answered as with a wrong one.
EXPIRED = "console.provisional_expired"
REFUSED_AS = "console_refused_as"


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is not typed
    """allauth's, but a provisional password that has expired is a wrong one."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if not isinstance(user, User) or not has_expired(user):
            return user
        if request:
            vars(request)[REFUSED_AS] = EXPIRED
        return None


def mark(user: User, *, by: User | None = None) -> None:
    """Note, without storing it, that the password is provisional; that it is not, if it was set `by` the person."""
    is_own = by == user or not user.has_usable_password()
    user.provisional_until = None if is_own else timezone.now() + timedelta(hours=settings.PROVISIONAL_PASSWORD_HOURS)


@contextmanager
def setting(user: User, *, by: User | None) -> Iterator[None]:
    """Mark and store a password that is set meanwhile."""
    before = user.password
    yield
    user.refresh_from_db(fields=["password"])
    if user.password != before:
        mark(user, by=by)
        user.save(update_fields=["provisional_until"])


def has_expired(user: User) -> bool:
    return user.provisional_until is not None and user.provisional_until <= timezone.now()


def is_due(request: HttpRequest) -> bool:
    """Whether the person has to choose a password before anything else: who came by single sign-on or by a passkey has
    not used the provisional one.
    """
    user = request.user
    if not isinstance(user, User) or user.provisional_until is None:
        return False
    records = get_authentication_records(request, user)
    return not records or any(record.get("method") == "password" for record in records)


def get_refusal(request: HttpRequest | None) -> str:
    """Why a right password was refused in this request; empty when it was not."""
    return str(vars(request).get(REFUSED_AS, "")) if request else ""
