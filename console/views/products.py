from typing import Any

from django.http import HttpRequest, HttpResponse


def product_list(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def product_create(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def product_register(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def product_detail(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def product_update(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def product_refresh(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")
