"""The first page: what waits, what is near its limit, what happened last."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.services import audit_search, visibility
from console.services.heartbeat import get_pulse
from console.services.overview import count_waiting, figures
from console.services.roles import Permission, permissions_of, reads_all_audit
from console.views.freshness import synced
from console.views.guards import requires
from console.views.http import HtmxRequest, respond
from console.views.product_pages import accounts_for
from console.views.trail import lines


@requires(Permission.BROWSE)
@require_safe
def overview(request: HtmxRequest) -> HttpResponse:
    pulse = get_pulse()
    context = {
        "pulse": pulse,
        "waiting": count_waiting(reader=request.user) if pulse.is_late else None,
        "today": timezone.localdate(),
        "figures": figures(reader=request.user),
        "accounts": synced(accounts_for(request.user)),
        "latest": lines(audit_search.latest(reader=request.user), reader=request.user),
        "sees_all": reads_all_audit(request.user),
        "is_fresh": not visibility.products_of(request.user).exists(),
        "can_sync": Permission.WRITE in permissions_of(request.user),
    }
    return respond(request, "overview.html", "overview", context)
