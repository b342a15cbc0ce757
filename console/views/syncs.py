"""Syncs: started by a click, followed while they run, stopped by another click."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HTMX_STOP_POLLING

from console.models import SyncRun, SyncState
from console.services import heartbeat, syncs, visibility
from console.services.roles import Permission, permissions_of
from console.services.sync_progress import progress_of
from console.views.freshness import outcome_of
from console.views.guards import requires
from console.views.http import HtmxRequest, leave, respond, wants_partial


@requires(Permission.WRITE, action="account.sync")
@require_POST
def sync_start(request: HtmxRequest, slug: str) -> HttpResponse:
    account = get_object_or_404(visibility.accounts_of(request.user), slug=slug)
    run = syncs.start(account=account, actor=request.user)
    return leave(request, reverse("sync-detail", args=[run.pk]))


@requires(Permission.BROWSE)
@require_safe
def sync_detail(request: HtmxRequest, run_id: UUID) -> HttpResponse:
    run = _load(request, run_id)
    is_running = run.state == SyncState.RUNNING
    is_stalled = syncs.is_stalled(run)
    context = {
        "run": run,
        "outcome": outcome_of(run),
        "is_running": is_running,
        "is_stalled": is_stalled,
        "has_no_worker": is_stalled and heartbeat.is_late(),
        "progress": progress_of(run) if is_running else None,
        "drift": run.drift.count(),
        "can_sync": Permission.WRITE in permissions_of(request.user),
    }
    status = HTMX_STOP_POLLING if wants_partial(request) and not is_running else 200
    return respond(request, "syncs/detail.html", "sync", context, status=status)


def _load(request: HtmxRequest, run_id: UUID) -> SyncRun:
    syncs_seen = visibility.syncs_of(request.user).select_related("account", "started_by", "ended_by")
    return get_object_or_404(syncs_seen, pk=run_id)


@requires(Permission.WRITE, action="account.sync")
@require_POST
def sync_cancel(request: HtmxRequest, run_id: UUID) -> HttpResponse:
    run = _load(request, run_id)
    if not syncs.cancel(run, actor=request.user):
        messages.warning(request, "The sync had ended before it could be cancelled.")
    return leave(request, reverse("sync-detail", args=[run.pk]))
