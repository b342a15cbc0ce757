"""What every request of somebody signed in passes: the end of the session, and what has to be done before all else."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from console.services import first_passwords, second_factor, sessions
from console.views.http import wants_partial
from console.views.polling import SHOWN

GetResponse = Callable[[HttpRequest], HttpResponse]

ALWAYS_OPEN = frozenset({"account_logout", "theme", "healthz", "readyz"})


class Step(NamedTuple):
    """What somebody has to do first: whether it is still to be done, where, and what is open for it."""

    is_due: Callable[[HttpRequest], bool]
    page: str
    open: frozenset[str]


OWN_PASSWORD = Step(first_passwords.is_due, "account_change_password", frozenset())
# Whoever lacks one may set one up, and prove who they are for it.
SECOND_FACTOR = Step(
    second_factor.is_missing,
    "mfa_index",
    frozenset(
        {
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "mfa_list_webauthn",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "account_reauthenticate",
        }
    ),
)
# In this order: a factor is set up by whoever knows the password, which must be the person alone.
FIRST_STEPS = (OWN_PASSWORD, SECOND_FACTOR)


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


class FirstStepsMiddleware:
    """Lead whoever has a first step before them to where it is done, whatever they ask for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:  # noqa: ARG002
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ALWAYS_OPEN:
            return None
        step = next((step for step in FIRST_STEPS if step.is_due(request)), None)
        if step is None or name in {step.page, *step.open}:
            return None
        target = reverse(step.page)
        return HttpResponseClientRedirect(target) if wants_partial(request) else redirect(target)
