from typing import Any

from django.http import HttpRequest, HttpResponse


def operation_list(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def operation_detail(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")
