from typing import Any

from django.http import HttpRequest, HttpResponse


def module_create(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def module_check(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def module_list(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def module_update(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def module_delete(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")
