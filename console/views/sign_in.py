"""Answers around sign-in that allauth has no page for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console.services import lockout


def locked_out(
    request: HttpRequest,
    response: HttpResponse,  # noqa: ARG001  axes' signature
    credentials: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The same for a name that exists and one that does not."""
    return render(request, "account/locked_out.html", {"until": lockout.get_end(request, credentials)}, status=429)
