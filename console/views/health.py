"""Whether the console is up, for `bin/run` and for whatever watches it."""

from datetime import UTC

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.services.heartbeat import Pulse, get_pulse


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  Django's signature
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """The process answers and reaches its database: a 500 otherwise. A dead worker is told, but does not count:
    pages and forms work without one, and a load balancer must not take them away.
    """
    return JsonResponse({"status": "ready", "worker": _in_words(get_pulse())})


def _in_words(pulse: Pulse) -> str:
    if pulse.last_beat is None:
        return "never seen"
    if pulse.is_late:
        return f"not seen since {pulse.last_beat.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return "alive"
