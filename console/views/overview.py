from typing import Any

from django.http import HttpRequest, HttpResponse


def overview(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("soon")
