"""Sign-in: people are entered by an administrator or come by single sign-on, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse

from console.services import sso_factor

OWN_STAGES = {"allauth.mfa.stages.AuthenticateStage": "console.services.sso_factor.AskUnlessProviderDid"}
WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own limit goes by the name alone, so that anybody could lock anybody out: ours is lockout.py."""

    def get_login_stages(self) -> list[str]:
        return [OWN_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **how: Any) -> HttpResponse:
        sso_factor.note(request, how["signal_kwargs"])
        answer: HttpResponse = super().post_login(request, user, **how)
        return answer

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [way | {"description": WAYS.get(way["id"], way["description"])} for way in ways]
