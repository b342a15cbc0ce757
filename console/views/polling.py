"""Parts of a page that follow what happens: asked for again and again, sent again only when they say something new."""

from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django_htmx.http import HTMX_STOP_POLLING

from console.views.http import HtmxRequest, respond, wants_partial

SHOWN = "X-Shown"


def is_unchanged(request: HtmxRequest, version: str) -> bool:
    """Whether the page shows this version already."""
    return wants_partial(request) and request.headers.get(SHOWN) == version


def unchanged() -> HttpResponse:
    """Leave the page as it is, with whatever is selected and typed there."""
    response = HttpResponse(status=204)
    patch_vary_headers(response, ["HX-Request", SHOWN])
    return response


def follow(
    request: HtmxRequest, *, template: str, partial: str, context: dict[str, Any], poll_s: int, version: str
) -> HttpResponse:
    """The page or its part, which asks again after `poll_s` seconds; with 0 it has come to rest."""
    stops = not poll_s and wants_partial(request) and SHOWN in request.headers
    following = {"poll_s": poll_s, "version": version}
    response = respond(request, template, partial, context | following, status=HTMX_STOP_POLLING if stops else 200)
    patch_vary_headers(response, [SHOWN])
    return response
