"""Lock-out: after too many failures, one name from one address waits. The counting is django-axes'."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from allauth.account.internal.userkit import get_user_by_username
from allauth.core.internal.httpkit import get_client_ip
from allauth.core.internal.ratelimit import truncate_ip
from axes.attempts import get_cool_off_threshold
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def name_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The name that is tried, in one spelling: sign-in does not tell capitals either. Of one that is nobody's the hash,
    since the attempts are stored, and it may be a password.
    """
    typed = (credentials or {}).get("username") or request.POST.get("login", "")
    name = str(typed).lower()
    return name if get_user_by_username(name) else hash_of(name)


def hash_of(typed: str) -> str:
    """HMAC-SHA-256 of what was typed as a name, under the audit key, in hexadecimal."""
    return hmac.new(settings.AUDIT_KEY, b"user name\0" + typed.encode(), hashlib.sha256).hexdigest()


def address_of(request: HttpRequest) -> str | None:
    """The address that tries, as the proxy tells it if there is one; None when there is no network in between."""
    address: str | None = get_client_ip(request)
    return address and plain(address)


def plain(address: str) -> str:
    """An address without the zone that only this machine knows (fe80::1%eth0), and as IPv4 where it is one, written as
    a socket for both kinds writes it (::ffff:192.0.2.1).
    """
    parsed = ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)


def network_of(request: HttpRequest) -> str | None:
    """What is locked: the address, of IPv6 the /64 around it, which one customer has for all addresses in it."""
    address = address_of(request)
    network: str | None = truncate_ip(address) if address else None
    return network


def get_end(request: HttpRequest, credentials: Mapping[str, Any] | None) -> datetime:
    """When the name may be tried again from this address."""
    attempts = AccessAttempt.objects.filter(
        username=name_of(request, credentials),
        ip_address=network_of(request),
        attempt_time__gte=get_cool_off_threshold(request),
    )
    last = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    cool_off = settings.AXES_COOLOFF_TIME
    return (last or timezone.now()) + cool_off
