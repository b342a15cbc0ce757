"""Products: listed, created, registered, shown, edited and read again."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.forms.product import DEFAULTS, ProductForm
from console.forms.product_edit import ProductUpdateForm, RegisterForm
from console.forms.product_filter import ProductFilter
from console.models import Account, Operation, Product
from console.platforms.rules import DEFAULT_MODULE
from console.services import products, visibility
from console.services.errors import ConsoleError, ReadFailedError
from console.services.ledger import find_open_on
from console.services.module_search import modules_of
from console.services.product_search import ProductSearch, find_products
from console.services.roles import Permission, reads_all_audit
from console.services.slots import slots_of
from console.views.guards import requires
from console.views.http import FORM_METHODS, HtmxRequest, leave, posted, respond, respond_problem, wants_partial
from console.views.paging import cursor_of, pager
from console.views.product_facts import facts_of, history_of
from console.views.product_pages import accounts_for, can_create, can_update, new_product_page, why_not_edited
from console.views.product_rows import kind_of, rows_of
from console.views.writes import Place, answer_error, answer_write

NEW: Place = {"template": "products/new.html", "partial": "product-form"}
EDIT: Place = {"template": "products/edit.html", "partial": "product-edit"}
REGISTER: Place = {"template": "products/register.html", "partial": "product-register"}


@requires(Permission.BROWSE)
@require_safe
def product_list(request: HtmxRequest) -> HttpResponse:
    accounts = accounts_for(request.user)
    filters = ProductFilter(request.GET, accounts=accounts)
    search = ProductSearch(
        text=filters.chosen("q"),
        account=filters.chosen("account"),
        node_type=filters.chosen("node_type"),
        order=filters.chosen("order"),
    )
    page = find_products(reader=request.user, search=search, cursor=cursor_of(request))
    context = {
        "accounts": accounts,
        "chosen_account": next((account for account in accounts if account.slug == search.account), None),
        "can_register": any(not can_create(account) for account in accounts),
        "filters": filters,
        "is_filtered": bool(search.text or search.account or search.node_type),
        "rows": rows_of(page.rows),
        "page": pager(request, page),
        "oob": wants_partial(request),
    }
    return respond(request, "products/list.html", "results", context)


@requires(Permission.WRITE, action="product.create")
@require_http_methods(FORM_METHODS)
def product_create(request: HtmxRequest) -> HttpResponse:
    seen = accounts_for(request.user)
    accounts = [account for account in seen if can_create(account)]
    if not accounts:
        return respond(request, **NEW, context={"has_accounts": bool(seen)})
    if request.method != "POST" or "show_fields" in request.POST:
        return _fill_in(request, accounts)
    form = ProductForm(request.POST, accounts=accounts)
    is_valid = form.is_valid()
    context = new_product_page(form, reader=request.user, filling_in=False)
    if not is_valid:
        return respond(request, **NEW, context=context, status=422)
    token = form.cleaned_data["form_token"]
    try:
        operation = products.create(account=form.chosen_account, spec=form.spec, form_token=token, actor=request.user)
    except ConsoleError as error:
        return answer_error(request, error, form=form, **NEW, context=context)
    message = f"{operation.target_name} is created on {operation.account}."
    return answer_write(request, operation, form=form, **NEW, context=context, done_url=_page_of, done_message=message)


def _fill_in(request: HtmxRequest, accounts: list[Account]) -> HttpResponse:
    """The form as far as it is filled in: with what is in the query, or in a form that asks for its fields only."""
    typed = {"form_token": str(uuid4())} | DEFAULTS | request.GET.dict() | request.POST.dict()
    form = ProductForm(typed, accounts=accounts)
    form.forgive()
    return respond(request, **NEW, context=new_product_page(form, reader=request.user, filling_in=True))


def _page_of(operation: Operation) -> str:
    return reverse("product-detail", args=[operation.product_id])


@requires(Permission.WRITE, action="product.register")
@require_http_methods(FORM_METHODS)
def product_register(request: HtmxRequest) -> HttpResponse:
    accounts = sorted(accounts_for(request.user), key=can_create)
    if not accounts:
        return respond(request, **REGISTER, context={})
    form = RegisterForm(posted(request), accounts=accounts, initial=request.GET.dict())
    if not form.is_valid():
        return respond(request, **REGISTER, context={"form": form}, status=422 if form.is_bound else 200)
    try:
        product = products.register(
            account=form.chosen_account, product_key=form.cleaned_data["product_key"], actor=request.user
        )
    except ConsoleError as error:
        return answer_error(request, error, form=form, **REGISTER, context={})
    messages.success(request, f"{product.product_name} is registered, with what the platform told of it.")
    return leave(request, reverse("product-detail", args=[product.pk]))


@requires(Permission.BROWSE)
@require_safe
def product_detail(request: HtmxRequest, product_id: UUID) -> HttpResponse:
    product = _load(request, product_id)
    modules = modules_of(product)
    context = {
        "product": product,
        "kind": kind_of(product),
        "can_update": can_update(product.account),
        "unsettled": find_open_on(product),
        "slots": slots_of([product])[product.pk],
        "modules": modules,
        "default_module": DEFAULT_MODULE,
        "facts": facts_of(product),
        "sees_all": reads_all_audit(request.user),
        "history": history_of(product, modules, request.user),
    }
    return respond(request, "products/detail.html", "product", context)


def _load(request: HtmxRequest, product_id: UUID) -> Product:
    products_seen = visibility.products_of(request.user).select_related("account", "created_by")
    return get_object_or_404(products_seen, pk=product_id)


@requires(Permission.WRITE, action="product.update")
@require_http_methods(FORM_METHODS)
def product_update(request: HtmxRequest, product_id: UUID) -> HttpResponse:
    product = _load(request, product_id)
    if problem := why_not_edited(product):
        return respond_problem(request, problem)
    shown = {"product_name": product.product_name, "description": product.description}
    form = ProductUpdateForm(posted(request), initial=shown)
    context = {"form": form, "product": product}
    if not form.is_valid():
        return respond(request, **EDIT, context=context, status=422 if form.is_bound else 200)
    try:
        operation = products.update(product=product, actor=request.user, **form.cleaned_data)
    except ConsoleError as error:
        return answer_error(request, error, form=form, **EDIT, context=context)
    message = f"{operation.target_name} is changed on {product.account}."
    return answer_write(request, operation, form=form, **EDIT, context=context, done_url=_page_of, done_message=message)


@requires(Permission.WRITE, action="product.refresh")
@require_POST
def product_refresh(request: HtmxRequest, product_id: UUID) -> HttpResponse:
    product = _load(request, product_id)
    try:
        product = products.refresh(product=product, actor=request.user)
    except ReadFailedError as error:
        return respond_problem(request, error.problem)
    if product.vanished_at:
        messages.warning(request, f"{product.product_name} is gone from the platform; it is marked so here.")
    else:
        messages.success(request, f"{product.product_name} is as the platform shows it now.")
    return leave(request, reverse("product-detail", args=[product.pk]))
