"""The audit trail: all of it for who may, one's own part for everybody."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.forms.audit import AuditFilter
from console.models import AuditEntry, User
from console.services import audit, audit_search
from console.services.audit_archived import find_archive
from console.services.audit_requests import get_request
from console.services.roles import Permission, reads_all_audit
from console.services.visibility import accounts_of, entries_of
from console.views.audit_entry import anchor_after, operation_of, url_of_target, values_of
from console.views.audit_state import state_of_trail
from console.views.guards import requires
from console.views.http import HtmxRequest, respond
from console.views.paging import cursor_of, pager
from console.views.trail import Line, lines, names_of, on, who


@requires(Permission.READ_OWN_AUDIT)
@require_safe
def audit_list(request: HtmxRequest) -> HttpResponse:
    sees_all = reads_all_audit(request.user)
    form = AuditFilter(request.GET, reader=request.user)
    found = audit_search.find_entries(search=form.search(), reader=request.user, cursor=cursor_of(request))
    context = {
        "filters": form,
        "lines": lines(found.rows, reader=request.user),
        "pages": pager(request, found),
        "looked_to": found.looked_to,
        "sees_all": sees_all,
        **state_of_trail(request.user),
    }
    return respond(request, "audit/list.html", "results", context)


@requires(Permission.READ_OWN_AUDIT)
@require_safe
def audit_detail(request: HtmxRequest, entry_id: int) -> HttpResponse:
    entry = entries_of(request.user).select_related("actor").filter(pk=entry_id).first()
    if entry is None:
        return _elsewhere(request, entry_id)
    details = audit.details_of(entry)
    operation = operation_of(entry, request.user)
    account = accounts_of(request.user).filter(slug=entry.account_slug).first() if entry.account_slug else None
    context = {
        "entry": entry,
        "who": who(entry, details),
        "what": audit.ACTIONS.get(entry.action, entry.action),
        "on": on(entry, names_of([entry])),
        "details": details,
        "values": values_of(details),
        "operation": operation,
        "sent": get_request(entry, account),
        "story": _story(entry, request.user),
        "target_url": url_of_target(entry, request.user),
        "anchor": anchor_after(entry),
    }
    return respond(request, "audit/detail.html", "entry", context)


def _elsewhere(request: HtmxRequest, entry_id: int) -> HttpResponse:
    """Who may read the whole trail is told which file has an entry that is not here any more."""
    archive = find_archive(entry_id) if reads_all_audit(request.user) else None
    if archive is None:
        raise Http404
    return render(request, "audit/archived.html", {"number": entry_id, "archive": archive}, status=404)


def _story(entry: AuditEntry, reader: User) -> list[Line]:
    return lines(audit_search.story_of(entry.operation_id), reader=reader) if entry.operation_id else []
