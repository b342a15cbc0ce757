"""OTA modules: created, edited and deleted on a platform, and searched."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from console.models import Action, Module, Operation, Product, User
from console.models.operation import OPEN_STATES
from console.platforms import types
from console.platforms.client import Preview, parameters_of, preview
from console.platforms.rules import DEFAULT_MODULE, Finding, Severity, check_module, fold
from console.platforms.types import ModuleSpec, Platform
from console.services import cache
from console.services.accounts import connection_of
from console.services.intents import Intent
from console.services.operations import perform
from console.services.paging import Order, Page, page
from console.services.products import present_modules, refuse_broken

ORDERS = {
    "name": Order(fields=("module_name", "id")),
    "newest": Order(fields=("created_at", "id"), descending=True),
}


def create(*, product: Product, spec: ModuleSpec, form_token: UUID, actor: User) -> Operation:
    """CreateOTAModule on behalf of `actor`. Raises RulesBrokenError, UnderWayError, FormReusedError: nothing sent."""
    intent = _intent(Action.MODULE_CREATE, product, spec, form_token, actor)

    def apply(operation: Operation, _: None) -> None:
        operation.module = cache.store_module(
            product, _as_asked(spec), at=timezone.now(), by="create module", created_by=actor
        )

    return perform(
        intent,
        check=lambda: refuse_broken(findings_for_new(product, spec)),
        call=lambda client: client.create_ota_module(spec),
        apply=apply,
    )


def findings_for_new(product: Product, spec: ModuleSpec) -> list[Finding]:
    """Everything that speaks against a new module: also the names that are being created at this moment."""
    findings = check_module(
        Platform(product.account.platform), spec, taken=taken_names(product, but=fold(spec.module_name))
    )
    if product.vanished_at:
        findings.append(_gone("product_key", f"“{product}” is gone from the platform."))
    return findings


def taken_names(product: Product, *, but: str = "") -> list[str]:
    """The names that count against the ten and against a clash. `but` leaves out the open create of one folded
    name, since that is answered with the operation itself and not with a rule.
    """
    present = present_modules().filter(product=product).exclude(folded_name=DEFAULT_MODULE)
    opening = Operation.objects.filter(product=product, action=Action.MODULE_CREATE, state__in=OPEN_STATES)
    names = list(present.order_by("folded_name").values_list("module_name", flat=True))
    known = {fold(name) for name in names} | {but}
    return names + [name for name in opening.values_list("target_name", flat=True) if fold(name) not in known]


def preview_new(product: Product, spec: ModuleSpec) -> Preview:
    """The call that `create` would make, before it is signed."""
    return preview(connection_of(product.account), "CreateOTAModule", spec)


def open_create(product: Product, module_name: str) -> Operation | None:
    """The create of this very name, in any letter case, that is under way or unknown."""
    return (
        Operation.objects.select_related("actor")
        .filter(
            account=product.account_id,
            action=Action.MODULE_CREATE,
            natural_key=_natural_key(product, module_name),
            state__in=OPEN_STATES,
        )
        .first()
    )


def seen_since(operation: Operation) -> Module | None:
    """The module of a create whose answer got lost, when the platform showed it after the request was sent."""
    if operation.action != Action.MODULE_CREATE or not operation.sent_at:
        return None
    named = present_modules().filter(product=operation.product_id, folded_name=fold(operation.target_name))
    return named.filter(verified_at__gt=operation.sent_at).first()


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
    intent = _intent(Action.MODULE_UPDATE, module.product, spec, form_token, actor, module)

    def apply(_operation: Operation, _: None) -> None:
        sent = {"alias_name": alias_name, "desc": desc}
        Module.objects.filter(pk=module.pk).update(
            verified_at=timezone.now(), verified_by="edit module", **{name: text for name, text in sent.items() if text}
        )

    platform = Platform(module.product.account.platform)
    return perform(
        intent,
        check=lambda: refuse_broken([*check_module(platform, spec, creating=False), *_if_gone(module)]),
        call=lambda client: client.update_ota_module(spec),
        apply=apply,
    )


def delete(*, module: Module, form_token: UUID, actor: User) -> Operation:
    """DeleteOTAModule; never the `default` module. Raises as create does."""
    spec = ModuleSpec(product_key=module.product.product_key, module_name=module.module_name)
    intent = _intent(Action.MODULE_DELETE, module.product, spec, form_token, actor, module)

    def apply(_operation: Operation, _: None) -> None:
        Module.objects.filter(pk=module.pk).update(
            vanished_at=timezone.now(), verified_at=timezone.now(), verified_by="delete module"
        )

    return perform(
        intent,
        check=lambda: refuse_broken([*_if_default(module), *_if_gone(module)]),
        call=lambda client: client.delete_ota_module(spec.product_key, spec.module_name),
        apply=apply,
    )


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
        product=product,
        module=module,
    )


def _as_asked(spec: ModuleSpec) -> types.Module:
    return types.Module(
        product_key=spec.product_key,
        module_name=spec.module_name,
        alias_name=spec.alias_name or "",
        desc=spec.desc or "",
    )


def _if_default(module: Module) -> list[Finding]:
    if module.folded_name != DEFAULT_MODULE:
        return []
    return [
        Finding(
            field="",
            severity=Severity.ERROR,
            rule="platform.module.default",
            message="The module “default” stands for the firmware of the whole device and cannot be deleted.",
        )
    ]


def _if_gone(module: Module) -> list[Finding]:
    return [_gone("", f"“{module}” is gone from the platform already.")] if module.vanished_at else []


def _gone(field: str, message: str) -> Finding:
    return Finding(field=field, severity=Severity.ERROR, rule="console.gone", message=message)


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
