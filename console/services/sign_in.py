"""Sign-in: people are entered by an administrator or come by single sign-on, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.models import User
from console.services import sso_factor
from console.services.lockout import plain

OWN_STAGES = {"allauth.mfa.stages.AuthenticateStage": "console.services.sso_factor.AskUnlessProviderDid"}
WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}
# In the session between the password and the code: the hash that Django keeps of a password in sessions.
BEGUN_WITH = "sign_in_begun_with"


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """allauth limits IPv6 by the /64, in which all IPv4 addresses written as IPv6 would be one."""
        return plain(super().get_client_ip(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own limit goes by the name alone, so that anybody could lock anybody out: ours is lockout.py."""

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        request.session[BEGUN_WITH] = user.get_session_auth_hash()
        refused: HttpResponse | None = super().pre_login(request, user, **options)
        return refused

    def login(self, request: HttpRequest, user: User) -> None:
        """The last step, up to a quarter of an hour after the password was given: whoever has been deactivated since,
        or has another password, is not signed in by the second factor.
        """
        begun_with = request.session.pop(BEGUN_WITH, "")
        if not user.is_active:
            clear_login(request)
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        if begun_with != user.get_session_auth_hash():
            clear_login(request)
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def get_login_stages(self) -> list[str]:
        return [OWN_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **how: Any) -> HttpResponse:
        sso_factor.note(request, how["signal_kwargs"])
        answer: HttpResponse = super().post_login(request, user, **how)
        return answer

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        if isinstance(user, User) and user.provisional_until and user.check_password(password):
            raise ValidationError("This is the password that you were given. Choose another.")
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def set_password(self, user: User, password: str) -> None:
        """What a person chooses in a form of their own is provisional no more."""
        user.provisional_until = None
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse(settings.LOGIN_REDIRECT_URL)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [way | {"description": WAYS.get(way["id"], way["description"])} for way in ways]
