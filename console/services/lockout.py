"""Lock-out: after too many failures, one name from one address waits. The counting is django-axes'."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from axes.attempts import get_cool_off_threshold
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def name_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The name that is tried, in one spelling: sign-in does not tell capitals either."""
    name = (credentials or {}).get("username") or request.POST.get("login", "")
    return str(name).lower()


def address_of(request: HttpRequest) -> str | None:
    """The address that tries, as the proxy tells it if there is one; None when there is no network in between."""
    address: str | None = get_client_ip(request)
    return address


def get_end(request: HttpRequest, credentials: Mapping[str, Any] | None) -> datetime:
    """When the name may be tried again from this address."""
    attempts = AccessAttempt.objects.filter(
        username=name_of(request, credentials),
        ip_address=address_of(request),
        attempt_time__gte=get_cool_off_threshold(request),
    )
    last = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    cool_off = settings.AXES_COOLOFF_TIME
    return (last or timezone.now()) + cool_off
