from typing import Any

from django.http import HttpRequest, HttpResponse


def audit_list(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")


def audit_detail(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")
