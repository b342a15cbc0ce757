"""OTA modules: created, edited and deleted on a platform, and searched."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from console.models import Action, Module, Operation, Product, User
from console.platforms.client import Preview, parameters_of, preview
from console.platforms.rules import fold
from console.platforms.types import ModuleSpec
from console.services import ledger
from console.services.accounts import connection_of
from console.services.intents import Intent
from console.services.operations import perform
from console.services.paging import Order, Page, page

ORDERS = {
    "name": Order(fields=("module_name", "id")),
    "newest": Order(fields=("created_at", "id"), descending=True),
}


def create(*, product: Product, spec: ModuleSpec, form_token: UUID, actor: User) -> Operation:
    """CreateOTAModule on behalf of `actor`. Raises RulesBrokenError, UnderWayError, FormReusedError: nothing sent."""
    return perform(_intent(Action.MODULE_CREATE, product, spec, form_token, actor))


def preview_new(product: Product, spec: ModuleSpec) -> Preview:
    """The call that `create` would make, before it is signed."""
    return preview(connection_of(product.account), "CreateOTAModule", spec)


def find_open_create(product: Product, module_name: str) -> Operation | None:
    """The create of this very name, in any letter case, that is not settled."""
    return ledger.find_open(product.account, Action.MODULE_CREATE, _natural_key(product, module_name))


def _natural_key(product: Product, module_name: str) -> str:
    return f"{product.product_key}/{fold(module_name)}"


def update(*, module: Module, alias_name: str, desc: str, form_token: UUID, actor: User) -> Operation:
    """UpdateOTAModule: alias and description; the name is for good. Raises as create does."""
    spec = ModuleSpec(
        product_key=module.product.product_key,
        module_name=module.module_name,
        alias_name=alias_name or None,
        desc=desc or None,
    )
    return perform(_intent(Action.MODULE_UPDATE, module.product, spec, form_token, actor, module))


def delete(*, module: Module, form_token: UUID, actor: User) -> Operation:
    """DeleteOTAModule; never the `default` module. Raises as create does."""
    spec = ModuleSpec(product_key=module.product.product_key, module_name=module.module_name)
    return perform(_intent(Action.MODULE_DELETE, module.product, spec, form_token, actor, module))


def _intent(
    action: Action,
    product: Product,
    spec: ModuleSpec,
    form_token: UUID,
    actor: User,
    module: Module | None = None,
) -> Intent:
    return Intent(
        form_token=form_token,
        actor=actor,
        account=product.account,
        action=action,
        natural_key=_natural_key(product, spec.module_name),
        target_name=spec.module_name,
        parameters=parameters_of(spec),
        before={"AliasName": module.alias_name, "Desc": module.desc} if module else {},
        product=product,
        module=module,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSearch:
    """The filters of the module list; an empty one does not filter."""

    text: str = ""
    account: str = ""
    order: str = "newest"


def find_modules(*, search: ModuleSearch, cursor: str = "", size: int = 50) -> Page[Module]:
    """A page of modules over all products, with product, account and creator at hand."""
    modules = Module.objects.select_related("product__account", "created_by")
    if search.text:
        modules = modules.filter(
            Q(module_name__icontains=search.text)
            | Q(alias_name__icontains=search.text)
            | Q(product__product_name__icontains=search.text)
        )
    if search.account:
        modules = modules.filter(product__account__slug=search.account)
    return page(modules, order=ORDERS.get(search.order, ORDERS["newest"]), cursor=cursor, size=size)


def modules_of(product: Product) -> list[Module]:
    """All modules of a product, the present ones first."""
    return list(
        Module.objects.select_related("created_by").filter(product=product).order_by("vanished_at", "folded_name")
    )
