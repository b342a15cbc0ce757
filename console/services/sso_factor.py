"""The second factor that the organisation's provider asked for: what its signed id_token says, for one session."""

from collections.abc import Mapping
from typing import Any

from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse

ALWAYS = "*"
KEPT = "provider_asked_for_factor"


class AskUnlessProviderDid(AuthenticateStage):  # type: ignore[misc]  # allauth is not typed
    """allauth's, which asks who has a factor here, however they came; but nobody is asked twice."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if is_vouched_for(self.login.signal_kwargs):
            return None, True
        asked: tuple[HttpResponse | None, bool] = super().handle()
        return asked


def note(request: HttpRequest, how: Mapping[str, Any] | None) -> None:
    """Keep with the session whether the provider asked. Every sign-in says so anew, and none inherits it."""
    request.session[KEPT] = is_vouched_for(how)


def was_asked_for(request: HttpRequest) -> bool:
    """Whether this session began with a sign-in for which the provider asked for a second factor."""
    return request.session.get(KEPT) is True


def is_vouched_for(how: Mapping[str, Any] | None) -> bool:
    """Whether a sign-in, by what allauth's signal tells of it, came with the provider's word for a second factor."""
    came = (how or {}).get("sociallogin")
    return came is not None and says_so(came.account.extra_data["id_token"])


def says_so(id_token: Mapping[str, Any]) -> bool:
    """Whether one of the believed words stands in `amr`, a list (RFC 8176), or is the `acr` (OpenID Connect Core 2)."""
    amr, acr = id_token.get("amr"), id_token.get("acr")
    said = {word for word in [*(amr if isinstance(amr, list) else []), acr] if isinstance(word, str)}
    return ALWAYS in settings.OIDC_SECOND_FACTOR or not said.isdisjoint(settings.OIDC_SECOND_FACTOR)
