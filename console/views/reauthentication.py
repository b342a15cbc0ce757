"""Whether the person at the browser has just proved again who they are, and how they are asked to."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from console.services.problems import Problem
from console.views.http import HtmxRequest, leave, respond_problem

SIGN_IN_ANEW = Problem(
    title="Your sign-in is too long ago for this.",
    changed="Nothing was shown, and nothing was sent to a platform.",
    next="Sign out, sign in again, and come back within five minutes.",
    status=403,
)


def is_fresh(request: HtmxRequest) -> bool:
    """Whether a password or a second factor was asked for again within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds.
    Who has neither, and comes by single sign-on, must have signed in within that time.
    """
    records = get_authentication_records(request, request.user)
    if get_reauthentication_flows(request.user):
        records = [record for record in records if record.get("reauthenticated")]
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def ask_again(request: HtmxRequest, *, back_to: str) -> HttpResponse:
    """On to the page that asks, which leads back to `back_to`. Nothing of what was sent is kept for then."""
    if not get_reauthentication_flows(request.user):
        return respond_problem(request, SIGN_IN_ANEW)
    return leave(request, f"{reverse('account_reauthenticate')}?{urlencode({'next': back_to})}")


def asked_again(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For allauth's pages that open another way in. It asks only who has a password or a factor already: to whoever
    comes by single sign-on they would be open as long as the session is, and the new way in for longer than that.
    """

    @wraps(view)
    def asked(request: HtmxRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        return ask_again(request, back_to=request.path)

    return asked
