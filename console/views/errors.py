"""Answers to requests that go wrong before or beside a view: in words, and as a fragment for htmx."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from console.services.problems import Problem
from console.views.http import respond_problem, wants_partial

UNCHANGED = "Nothing was changed, and nothing was sent to a platform."


def answer_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page of the problem's status, which needs nothing that a request may lack; for htmx a fragment."""
    if wants_partial(request):
        return respond_problem(request, problem)
    response = render(request, f"{problem.status}.html", status=problem.status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return answer_problem(request, Problem(title="That request cannot be read.", changed=UNCHANGED, status=400))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return answer_problem(request, Problem(title="That is not allowed.", changed=UNCHANGED, status=403))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return answer_problem(request, Problem(title="There is no such thing here.", changed=UNCHANGED, status=404))


def too_large(request: HttpRequest) -> HttpResponse:
    return answer_problem(request, Problem(title="That was larger than a form can be.", changed=UNCHANGED, status=413))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    problem = Problem(
        title="This form is too old or came from elsewhere.",
        changed=UNCHANGED,
        next="Open the page again and send the form from there.",
        status=403,
    )
    return respond_problem(request, problem)
