"""The few ways in which a view answers: a page or its partial, a problem, or leaving for another page."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from console.models import User
from console.services.problems import Problem


class HtmxRequest(HttpRequest):
    """A request as views get it: signed in, with what htmx says of itself."""

    htmx: HtmxDetails
    user: User  # LoginRequiredMiddleware keeps everybody else out


FORM_METHODS = ["GET", "HEAD", "POST"]


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, however little; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page: not when it boosts a link or restores history."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def respond(
    request: HttpRequest, template: str, partial: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page, or for htmx its named partial from the same context."""
    name = f"{template}#{partial}" if wants_partial(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def respond_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem on a page of its own, for htmx as a fragment."""
    template = "_shared/problem.html" if wants_partial(request) else "problem.html"
    response = render(request, template, {"problem": problem}, status=problem.status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def next_of(request: HttpRequest) -> str:
    """Where a small form on every page leads back to: the page that it names, never another site."""
    target = request.POST.get("next", "")
    is_ours = target[:1] == "/" != target[1:2] and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else reverse("overview")


def leave(request: HttpRequest, url: str) -> HttpResponse:
    """Go on to another page after a deed."""
    if wants_partial(request):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url, status=303)
