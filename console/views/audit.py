"""The audit trail: all of it for who may, one's own part for everybody."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from console.forms.audit import AuditFilter
from console.models import Account, AuditEntry, Module, Product, User
from console.services import audit, audit_search
from console.services.roles import Permission, permissions_of, reads_all_audit
from console.views.guards import requires
from console.views.http import HtmxRequest, respond
from console.views.paging import cursor_of, pager
from console.views.trail import lines, who


@requires(Permission.READ_OWN_AUDIT)
@require_safe
def audit_list(request: HtmxRequest) -> HttpResponse:
    sees_all = reads_all_audit(request.user)
    form = AuditFilter(request.GET, sees_all=sees_all)
    page = audit_search.find_entries(search=form.search(), reader=request.user, cursor=cursor_of(request))
    context = {"filters": form, "lines": lines(page.rows), "pages": pager(request, page), "sees_all": sees_all}
    return respond(request, "audit/list.html", "results", context)


@requires(Permission.READ_OWN_AUDIT)
@require_safe
def audit_detail(request: HtmxRequest, entry_id: int) -> HttpResponse:
    entry = get_object_or_404(AuditEntry.objects.select_related("actor"), pk=entry_id)
    if not reads_all_audit(request.user) and entry.actor != request.user:
        raise Http404
    context = {
        "entry": entry,
        "who": who(entry),
        "what": audit.ACTIONS.get(entry.action, entry.action),
        "details": audit.details_of(entry),
        "story": lines(audit_search.story_of(entry.operation_id)) if entry.operation_id else [],
        "target_url": _url_of_target(entry, request.user),
    }
    return respond(request, "audit/detail.html", "entry", context)


def _url_of_target(entry: AuditEntry, user: User) -> str:
    """Where the object is shown, as long as it is there and open to the reader."""
    match entry.target_kind:
        case "product" if Product.objects.filter(pk=entry.target_id).exists():
            return reverse("product-detail", args=[entry.target_id])
        case "module":
            module = Module.objects.filter(pk=entry.target_id).first()
            return reverse("product-detail", args=[module.product_id]) if module else ""
        case "account" if Permission.MANAGE_ACCOUNTS in permissions_of(user):
            account = Account.objects.filter(pk=entry.target_id).first()
            return reverse("account-update", args=[account.slug]) if account else ""
        case _:
            return ""
