"""OTA modules: created, edited and deleted on a platform."""

from uuid import UUID

from console.models import Action, Module, Operation, Product, User
from console.platforms.client import Preview, parameters_of, preview
from console.platforms.rules import fold
from console.platforms.types import ModuleSpec
from console.services import ledger
from console.services.accounts import connection_of
from console.services.intents import Intent
from console.services.operations import perform


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
