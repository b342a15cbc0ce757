"""What every request of somebody signed in passes: the end of the session, and the second factor."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from console.services import second_factor, sessions
from console.views.http import wants_partial
from console.views.polling import SHOWN

GetResponse = Callable[[HttpRequest], HttpResponse]

# Whoever lacks a second factor may set one up, prove who they are for it, and leave.
OPEN_WITHOUT_FACTOR = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reauthenticate",
        "account_logout",
        "theme",
        "healthz",
        "readyz",
    }
)


class SessionTimesMiddleware:
    """Sign out whoever has not clicked for too long, or has been signed in for too long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:  # noqa: ARG002
        if not request.user.is_authenticated:
            return
        if reason := sessions.why_over(request):
            logout(request)
            request.session[sessions.ENDED] = reason
        elif SHOWN not in request.headers:  # a page that asks by itself is nobody's click
            sessions.note_click(request)


class SecondFactorMiddleware:
    """Lead whoever needs a second factor and has none to where it is set up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:  # noqa: ARG002
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN_WITHOUT_FACTOR or not second_factor.is_missing(request):
            return None
        target = reverse("mfa_index")
        return HttpResponseClientRedirect(target) if wants_partial(request) else redirect(target)
