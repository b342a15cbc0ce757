"""Evidence packs: a page that says what will be in one, and the pack as a download."""

from typing import Any

from django import forms
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from console.forms.audit import AuditFilter
from console.services import evidence
from console.services.audit_signing import public_key
from console.services.errors import NoEvidenceError
from console.services.roles import Permission, reads_all_audit
from console.views.guards import requires
from console.views.http import FORM_METHODS, HtmxRequest, respond, respond_problem


@requires(Permission.READ_OWN_AUDIT, action="audit.export", tells_visits=True)
@require_http_methods(FORM_METHODS)
def audit_export(request: HtmxRequest) -> HttpResponseBase:
    # On a page a filter that makes no sense filters nothing; here it would hand out more than was asked for.
    form = AuditFilter(request.GET, reader=request.user)
    if not form.is_valid():
        return respond(request, "evidence/export.html", "evidence", {"form": form}, status=422)
    if request.method == "POST":
        return _download(request, form)
    context = {
        "form": form,
        "chosen": _chosen(form),
        "selection": evidence.select(search=form.search(), reader=request.user),
        "sees_all": reads_all_audit(request.user),
        "public_key": public_key(),
    }
    return respond(request, "evidence/export.html", "evidence", context)


def _download(request: HtmxRequest, form: AuditFilter) -> HttpResponseBase:
    try:
        parts = evidence.export(search=form.search(), reader=request.user)
    except NoEvidenceError as error:
        return respond_problem(request, error.problem)
    response = StreamingHttpResponse(parts, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="evidence-{timezone.now():%Y%m%dT%H%M%SZ}.zip"'
    add_never_cache_headers(response)
    return response


def _chosen(form: AuditFilter) -> list[tuple[Any, Any]]:
    """The filters that are set, in the words of the form."""
    values = {name: value for name, value in form.cleaned_data.items() if value}
    return [(form[name].label, _word(form.fields[name], value)) for name, value in values.items()]


def _word(field: forms.Field, value: Any) -> Any:
    offered: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    return dict(offered).get(value, value)
