"""What every request passes: the headers of every answer, the size limit, and sign-in."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from console.views.errors import bad_request, too_large

CHUNK_BYTES = 64 * 1024
MOST_DISCARDED_BYTES = 16 * 1024 * 1024

GetResponse = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Django 6 brings one of its own under the same setting; this one goes then."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        directives: dict[str, list[str]] = settings.SECURE_CSP
        self.policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class PoliciesMiddleware:
    """The headers that Django has no setting for, on static files and error pages too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in settings.RESPONSE_POLICIES.items():
            response.headers.setdefault(name, value)
        return response


class BodyLimitMiddleware:
    """Answer an oversized form in words, before anything parses or stores it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MAX_BODY_BYTES:
            _discard_body(request)
            return too_large(request)
        return self.get_response(request)


def _discard_body(request: HttpRequest) -> None:
    """A browser that is still sending when the connection closes shows an error of its own, and not the answer."""
    with suppress(UnreadablePostError):
        for _ in range(MOST_DISCARDED_BYTES // CHUNK_BYTES):
            if not request.read(CHUNK_BYTES):
                return


class HugeNumberMiddleware:
    """A number that Python or the database will not take is a request that cannot be read: forms that are not ours
    (Django's admin, the passkeys) hand it on unlooked at, and would fail.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_for_python = isinstance(exception, ValueError) and str(exception).startswith("Exceeds the limit")
        return bad_request(request, exception) if is_for_python or isinstance(exception, OverflowError) else None


class SignInMiddleware(LoginRequiredMiddleware):
    """Everything is closed by default. An htmx request would swap the sign-in page into a corner of the page,
    so there the whole browser is sent to it, and comes back to the page it was on.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:  # type: ignore[override]
        response = super().handle_no_permission(request, view_func)
        if request.headers.get("HX-Request") != "true":
            return response
        sign_in = resolve_url(self.get_login_url(view_func))
        return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': _page_of(request)})}")


def _page_of(request: HttpRequest) -> str:
    """The page that htmx asks from, as long as it is one of ours."""
    try:
        return HtmxDetails(request).current_url_abs_path or "/"
    except ValueError:  # what it sent is no address
        return "/"


class PrivateMiddleware:
    """Every answer below the static files is for one person: no proxy and no disk of a browser keeps it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        return response
