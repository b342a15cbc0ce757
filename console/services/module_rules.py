"""What speaks against a write of a module: the platform's rules, the names that are taken, what is gone."""

from console.models import Action, Module, Operation, Product
from console.models.operation import MAY_EXIST
from console.platforms.rules import DEFAULT_MODULE, Finding, check_module, fold
from console.platforms.types import ModuleSpec, Platform
from console.services.rules import broken


def findings_for_new(product: Product, spec: ModuleSpec) -> list[Finding]:
    """Everything that speaks against a new module: also the names that are being created at this moment."""
    findings = check_module(
        Platform(product.account.platform), spec, taken=taken_names(product, but=fold(spec.module_name))
    )
    if product.vanished_at:
        findings.append(broken("console.gone", f"“{product}” is gone from the platform.", field="product_key"))
    return findings


def findings_for_change(module: Module, spec: ModuleSpec) -> list[Finding]:
    """Everything that speaks against an edit of a module."""
    platform = Platform(module.product.account.platform)
    return [*check_module(platform, spec, creating=False), *_if_gone(module)]


def findings_for_deletion(module: Module) -> list[Finding]:
    """Everything that speaks against the deletion of a module."""
    if module.folded_name != DEFAULT_MODULE:
        return _if_gone(module)
    message = "The module “default” stands for the firmware of the whole device and cannot be deleted."
    return [broken("platform.module.default", message), *_if_gone(module)]


def taken_names(product: Product, *, but: str = "") -> list[str]:
    """The names that count against the ten and against a clash. `but` leaves out the open create of one folded
    name, since that is answered with the operation itself and not with a rule.
    """
    present = Module.objects.filter(product=product, vanished_at=None).exclude(folded_name=DEFAULT_MODULE)
    opening = Operation.objects.filter(product=product, action=Action.MODULE_CREATE, state__in=MAY_EXIST)
    names = list(present.order_by("folded_name").values_list("module_name", flat=True))
    known = {fold(name) for name in names} | {but}
    return names + [name for name in opening.values_list("target_name", flat=True) if fold(name) not in known]


def _if_gone(module: Module) -> list[Finding]:
    return [broken("console.gone", f"“{module}” is gone from the platform already.")] if module.vanished_at else []
