from typing import Any

from django.http import HttpRequest, HttpResponse


def sync_start(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def sync_detail(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")
