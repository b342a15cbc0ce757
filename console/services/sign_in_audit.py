"""What the trail tells of signing in and out, passwords and second factors: by the signals of those who do it.

What somebody typed as a user name may be a password or somebody's name. It is kept as a keyed hash, so that attempts
with the same text can be told to be the same, and as the number of the person whom it names, if it names one.
"""

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as factors
from axes.signals import user_locked_out
from django.contrib.auth import signals
from django.db import transaction
from django.http import HttpRequest

from console.models import Outcome, User
from console.services import audit, first_passwords
from console.services.lockout import address_of, hash_of

LOCKED_OUT = "console.locked_out"
SECOND_FACTOR = "console.second_factor"


def listen() -> None:
    """Hear every sign-in through allauth, which all ways in pass, and what else its packages tell."""
    account_signals.user_logged_in.connect(_signed_in)
    account_signals.password_changed.connect(_password_changed)
    account_signals.password_set.connect(_password_changed)
    signals.user_logged_out.connect(_signed_out)
    signals.user_login_failed.connect(_failed)
    factors.authenticator_added.connect(_factor_added)
    factors.authenticator_removed.connect(_factor_removed)
    factors.authenticator_reset.connect(_factor_reset)
    factors.authentication_failed.connect(_factor_failed)
    user_locked_out.connect(_locked_out)


def _signed_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    _tell("session.start", Outcome.DONE, request, actor=user, target=user)


def _signed_out(request: HttpRequest | None, user: User | None, **_signal: Any) -> None:
    if user:
        _tell("session.end", Outcome.DONE, request, actor=user, target=user)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any) -> None:
    code = first_passwords.get_refusal(request)
    _tell_attempt(str(credentials.get("username") or ""), Outcome.REFUSED, request, code=code)


def _locked_out(request: HttpRequest, username: str | None, **_signal: Any) -> None:
    _tell_attempt(username or "", Outcome.DENIED, request, code=LOCKED_OUT)


def _password_changed(request: HttpRequest, user: User, **_signal: Any) -> None:
    _tell("user.password", Outcome.DONE, request, actor=user, target=user)


def _factor_added(request: HttpRequest, user: User, authenticator: Any, **_signal: Any) -> None:
    _tell("user.factor", Outcome.DONE, request, actor=user, target=user, added=str(authenticator.type))


def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **_signal: Any) -> None:
    _tell("user.factor", Outcome.DONE, request, actor=user, target=user, removed=str(authenticator.type))


def _factor_reset(request: HttpRequest, user: User, authenticator: Any, **_signal: Any) -> None:
    _tell("user.factor", Outcome.DONE, request, actor=user, target=user, renewed=str(authenticator.type))


def _factor_failed(request: HttpRequest, user: User, **_signal: Any) -> None:
    _tell("session.start", Outcome.REFUSED, request, actor=None, target=user, code=SECOND_FACTOR)


def _tell_attempt(typed: str, outcome: Outcome, request: HttpRequest | None, *, code: str = "") -> None:
    """Nobody is proved to have acted: the person whom the name belongs to is what was aimed at."""
    aimed_at = User.objects.filter(username__iexact=typed).first()
    _tell("session.start", outcome, request, actor=None, target=aimed_at, code=code, typed=hash_of(typed))


def _tell(
    action: str,
    outcome: Outcome,
    request: HttpRequest | None,
    *,
    actor: User | None,
    target: User | None,
    code: str = "",
    **parameters: str,
) -> None:
    address = address_of(request) if request else None
    told = parameters | ({"address": address} if address else {})
    with transaction.atomic():
        audit.append(
            audit.Event(action=action, outcome=outcome, actor=actor, target=target, parameters=told, code=code)
        )
