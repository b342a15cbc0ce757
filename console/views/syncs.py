"""Syncs: started by a click, followed while they run."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HTMX_STOP_POLLING

from console.models import Account, SyncRun, SyncState
from console.services import syncs
from console.services.roles import Permission, permissions_of
from console.views.freshness import outcome_of
from console.views.guards import requires
from console.views.http import HtmxRequest, leave, respond, wants_partial


@requires(Permission.WRITE, action="account.sync")
@require_POST
def sync_start(request: HtmxRequest, slug: str) -> HttpResponse:
    account = get_object_or_404(Account, slug=slug)
    run = syncs.start(account=account, actor=request.user)
    return leave(request, reverse("sync-detail", args=[run.pk]))


@requires(Permission.BROWSE)
@require_safe
def sync_detail(request: HtmxRequest, run_id: UUID) -> HttpResponse:
    run = get_object_or_404(SyncRun.objects.select_related("account", "started_by"), pk=run_id)
    is_running = run.state == SyncState.RUNNING
    context = {
        "run": run,
        "outcome": outcome_of(run),
        "is_running": is_running,
        "is_stalled": syncs.is_stalled(run),
        "can_sync": Permission.WRITE in permissions_of(request.user),
    }
    status = HTMX_STOP_POLLING if wants_partial(request) and not is_running else 200
    return respond(request, "syncs/detail.html", "sync", context, status=status)
