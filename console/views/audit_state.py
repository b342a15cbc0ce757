"""How well the trail is guarded: its head, the latest anchor and verification, and the button that verifies it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.models import AuditAnchor, AuditHead, User, VerificationState
from console.services import audit_verify as verifications
from console.services.audit_anchor import find_failures
from console.services.audit_archived import find_latest_archive
from console.services.heartbeat import get_pulse
from console.services.roles import Permission, reads_all_audit
from console.views.guards import requires
from console.views.http import HtmxRequest, leave, wants_partial


def state_of_trail(reader: User) -> dict[str, Any]:
    """What the card of the audit page shows; nothing to who reads only their own part."""
    if not reads_all_audit(reader):
        return {}
    verification = verifications.find_latest()
    is_running = verification is not None and verification.state == VerificationState.RUNNING
    return {
        "head": AuditHead.objects.first(),
        "anchor": AuditAnchor.objects.order_by("-id").first(),
        "archive": find_latest_archive(),
        "failures": find_failures(),
        "verification": verification,
        "is_running": is_running,
        "pulse": get_pulse() if is_running else None,
    }


@requires(Permission.READ_AUDIT)
@require_safe
def audit_state(request: HtmxRequest) -> HttpResponse:
    if not wants_partial(request):
        return redirect("audit-list")
    return render(request, "audit/state.html", state_of_trail(request.user))


@requires(Permission.READ_AUDIT, action="audit.verify")
@require_POST
def audit_verify(request: HtmxRequest) -> HttpResponse:
    verifications.start(request.user)
    messages.info(request, "The whole trail is being verified. You may leave this page meanwhile.")
    return leave(request, reverse("audit-list"))
