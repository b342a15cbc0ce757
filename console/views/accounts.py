from typing import Any

from django.http import HttpRequest, HttpResponse


def account_list(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def account_create(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def account_update(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")
