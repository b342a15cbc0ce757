"""Whether the person at the browser has just proved again who they are, and how they are asked to."""

import time
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import HttpResponse
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
