from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console.forms.module import DeleteModuleForm, ModuleCheckForm, ModuleTextForm, NewModuleForm
from console.forms.module_filter import ModuleFilter
from console.forms.once import OnceForm
from console.models import Lane, Module, Product
from console.platforms.operations import CREATE_OTA_MODULE
from console.platforms.rules import DEFAULT_MODULE, Finding, Severity
from console.services import modules, visibility
from console.services.errors import ConsoleError
from console.services.module_rules import findings_for_new
from console.services.module_search import ModuleSearch, find_modules
from console.services.quota_paces import expected_wait_s
from console.services.roles import Permission
from console.services.slots import slots_of
from console.views.guards import requires
from console.views.http import FORM_METHODS, HtmxRequest, posted, respond, wants_partial
from console.views.paging import cursor_of, pager
from console.views.product_pages import accounts_for
from console.views.writes import answer_error, answer_write

TEXTS = ("alias_name", "desc")


@requires(Permission.BROWSE)
@require_safe
def module_list(request: HtmxRequest) -> HttpResponse:
    filters = ModuleFilter(request.GET, accounts=accounts_for(request.user))
    search = ModuleSearch(text=filters.chosen("q"), account=filters.chosen("account"), order=filters.chosen("order"))
    page = find_modules(reader=request.user, search=search, cursor=cursor_of(request))
    context = {
        "filters": filters,
        "is_filtered": bool(search.text or search.account),
        "modules": page.rows,
        "pager": pager(request, page),
        "label": filters.order_label,
        "default_module": DEFAULT_MODULE,
    }
    return respond(request, "modules/list.html", "module-results", context)


@requires(Permission.WRITE, action="module.create")
@require_http_methods(FORM_METHODS)
def module_create(request: HtmxRequest, product_id: UUID) -> HttpResponse:
    product = _product(request, product_id)
    form = NewModuleForm(posted(request))
    page = _page("modules/new.html", form, is_partial=wants_partial(request), **_beside(product, request))
    if not form.is_valid():
        return _form(request, page)
    try:
        operation = modules.create(
            product=product,
            spec=form.spec(product.product_key),
            form_token=form.cleaned_data["form_token"],
            actor=request.user,
        )
    except ConsoleError as error:
        return _refused(request, error, page)
    page["context"]["operation"] = operation
    message = f"The module “{operation.target_name}” was created."
    return answer_write(request, operation, **page, done_url=_home(product), done_message=message)


@requires(Permission.WRITE)
@require_safe
def module_check(request: HtmxRequest, product_id: UUID) -> HttpResponse:
    product = _product(request, product_id)
    if not wants_partial(request):
        return redirect("module-create", product.pk)
    return render(request, "modules/check.html", _beside(product, request))


@requires(Permission.WRITE, action="module.update")
@require_http_methods(FORM_METHODS)
def module_update(request: HtmxRequest, module_id: UUID) -> HttpResponse:
    module = _module(request, module_id)
    known = {"alias_name": module.alias_name, "desc": module.desc}
    form = ModuleTextForm(posted(request), initial=known)
    page = _page("modules/edit.html", form, module=module, product=module.product)
    if not form.is_valid():
        return _form(request, page)
    try:
        operation = modules.update(module=module, actor=request.user, **form.cleaned_data)
    except ConsoleError as error:
        return _refused(request, error, page)
    page["context"]["operation"] = operation
    message = f"The module “{module}” was changed."
    return answer_write(request, operation, **page, done_url=_home(module.product), done_message=message)


@requires(Permission.WRITE, action="module.delete")
@require_http_methods(FORM_METHODS)
def module_delete(request: HtmxRequest, module_id: UUID) -> HttpResponse:
    module = _module(request, module_id)
    form = DeleteModuleForm(module, posted(request))
    is_default = module.folded_name == DEFAULT_MODULE
    page = _page("modules/delete.html", form, module=module, product=module.product, is_default=is_default)
    if not form.is_valid():
        return _form(request, page)
    try:
        operation = modules.delete(module=module, form_token=form.cleaned_data["form_token"], actor=request.user)
    except ConsoleError as error:
        return _refused(request, error, page)
    page["context"]["operation"] = operation
    message = f"The module “{module}” was deleted."
    return answer_write(request, operation, **page, done_url=_home(module.product), done_message=message)


def _product(request: HtmxRequest, product_id: UUID) -> Product:
    return get_object_or_404(visibility.products_of(request.user).select_related("account"), pk=product_id)


def _module(request: HtmxRequest, module_id: UUID) -> Module:
    modules_seen = visibility.modules_of(request.user).select_related("product__account", "created_by")
    return get_object_or_404(modules_seen, pk=module_id)


def _home(product: Product) -> str:
    return reverse("product-detail", args=[product.pk])


def _page(template: str, form: OnceForm, **context: Any) -> dict[str, Any]:
    """What every answer with the form needs."""
    return {"template": template, "partial": "module-form", "form": form, "context": {"form": form, **context}}


def _form(request: HtmxRequest, page: dict[str, Any]) -> HttpResponse:
    status = 422 if page["form"].is_bound else 200
    return respond(request, page["template"], page["partial"], page["context"], status=status)


def _refused(request: HtmxRequest, error: ConsoleError, page: dict[str, Any]) -> HttpResponse:
    page["context"]["operation"] = getattr(error, "operation", None)
    return answer_error(request, error, **page)


def _beside(product: Product, request: HtmxRequest) -> dict[str, Any]:
    """What stands beside the form of a new module: what is known of the texts so far, what would be sent and when."""
    spec = ModuleCheckForm(request.POST if request.method == "POST" else request.GET).spec(product.product_key)
    findings = findings_for_new(product, spec) if spec.module_name else []
    twin = modules.find_open_create(product, spec.module_name) if spec.module_name else None
    return {
        "product": product,
        "slots": slots_of([product])[product.pk],
        "preview": modules.preview_new(product, spec),
        "wait_s": expected_wait_s(product.account, CREATE_OTA_MODULE.action, lane=Lane.FORM),
        "module_name": spec.module_name,
        "findings": _beside_fields(findings),
        "twin": twin,
        "is_free": bool(spec.module_name) and not twin and not any(_concerns_name(finding) for finding in findings),
    }


def _concerns_name(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and finding.field not in TEXTS


def _beside_fields(findings: list[Finding]) -> dict[str, list[Finding]]:
    """What concerns the product as a whole is shown beside the name: that is what it speaks against."""
    beside: dict[str, list[Finding]] = {name: [] for name in ("module_name", *TEXTS)}
    for finding in findings:
        beside[finding.field if finding.field in TEXTS else "module_name"].append(finding)
    return beside
