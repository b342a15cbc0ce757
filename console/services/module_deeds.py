"""Creating, editing and deleting a module: done, cached, and looked up in its product's list."""

from django.utils import timezone

from console.models import Module, Operation, Product
from console.platforms import types
from console.platforms.client import PlatformClient, spec_of
from console.platforms.errors import PlatformError
from console.platforms.rules import Finding, fold
from console.platforms.types import Answer, ModuleSpec
from console.services import cache, module_rules
from console.services.deed import Deed
from console.services.product_deeds import is_gone
from console.services.sightings import Sighting, Verdict, differences, likely_maker, verdict_on_edit

PRODUCT_GONE = "The product is gone from the platform, and its modules with it."


def _spec(operation: Operation) -> ModuleSpec:
    return spec_of(ModuleSpec, operation.parameters)


def _texts(module: types.Module) -> dict[str, str]:
    return {"AliasName": module.alias_name, "Desc": module.desc}


def _find(client: PlatformClient, operation: Operation) -> tuple[types.Module | None, bool]:
    """The module as the platform lists it, in any letter case, and whether its product is gone."""
    try:
        listed = client.list_ota_modules(_product(operation).product_key).value
    except PlatformError as error:
        if is_gone(error):
            return None, True
        raise
    named = (module for module in listed if fold(module.module_name) == fold(operation.target_name))
    return next(named, None), False


def _findings_for_new(operation: Operation) -> list[Finding]:
    return module_rules.findings_for_new(_product(operation), _spec(operation))


def _create(client: PlatformClient, operation: Operation) -> Answer[None]:
    return client.create_ota_module(_spec(operation))


def _store_created(operation: Operation, _: None) -> None:
    spec = _spec(operation)
    made = types.Module(
        product_key=spec.product_key,
        module_name=spec.module_name,
        alias_name=spec.alias_name or "",
        desc=spec.desc or "",
    )
    by = operation.get_action_display()
    operation.module = cache.store_module(
        _product(operation), made, at=timezone.now(), by=by, created_by=operation.actor
    )


def _find_created(client: PlatformClient, operation: Operation) -> Sighting:
    module, is_product_gone = _find(client, operation)
    if is_product_gone:
        return Sighting(verdict=Verdict.NOT_THERE, words=PRODUCT_GONE)
    if module is None:
        return Sighting(verdict=Verdict.NOT_THERE, words="The platform lists no module of this name.")
    asked = {"AliasName": "", "Desc": ""} | {"ModuleName": operation.target_name} | operation.parameters
    told = differences(asked, {"ModuleName": module.module_name} | _texts(module))
    if told:
        words = f"A module of this name is there and differs: {told}."
        return Sighting(verdict=Verdict.OTHER, words=words, is_final=True, module=module)
    words = "It is there and matches what was asked for. That proves that it exists, not who made it."
    return Sighting(verdict=Verdict.THERE, words=words, is_final=True, module=module)


def _adopt_created(operation: Operation, sighting: Sighting) -> None:
    if sighting.module:
        operation.module = cache.store_module(
            _product(operation),
            sighting.module,
            at=timezone.now(),
            by="look-up",
            created_by=likely_maker(operation, sighting.module),
        )


def _findings_for_change(operation: Operation) -> list[Finding]:
    return module_rules.findings_for_change(_module(operation), _spec(operation))


def _update(client: PlatformClient, operation: Operation) -> Answer[None]:
    return client.update_ota_module(_spec(operation))


def _store_changed(operation: Operation, _: None) -> None:
    spec = _spec(operation)
    sent = {"alias_name": spec.alias_name, "desc": spec.desc}
    Module.objects.filter(pk=_module(operation).pk).update(
        verified_at=timezone.now(),
        verified_by=operation.get_action_display(),
        **{name: text for name, text in sent.items() if text},
    )


def _find_changed(client: PlatformClient, operation: Operation) -> Sighting:
    module, is_product_gone = _find(client, operation)
    if module is None:
        words = PRODUCT_GONE if is_product_gone else "The platform lists no module of this name."
        return Sighting(verdict=Verdict.OTHER, words=words, is_final=True)
    verdict, words = verdict_on_edit(operation, _texts(module))
    return Sighting(verdict=verdict, words=words, is_final=verdict is Verdict.THERE, module=module)


def _adopt_changed(operation: Operation, sighting: Sighting) -> None:
    if sighting.module:
        cache.store_module(_product(operation), sighting.module, at=timezone.now(), by="look-up")


def _findings_for_deletion(operation: Operation) -> list[Finding]:
    return module_rules.findings_for_deletion(_module(operation))


def _delete(client: PlatformClient, operation: Operation) -> Answer[None]:
    spec = _spec(operation)
    return client.delete_ota_module(spec.product_key, spec.module_name)


def _store_deleted(operation: Operation, _: object) -> None:
    at = timezone.now()
    Module.objects.filter(pk=_module(operation).pk).update(
        vanished_at=at, verified_at=at, verified_by=operation.get_action_display(), missing_since=None
    )


def _find_deleted(client: PlatformClient, operation: Operation) -> Sighting:
    """A module that was listed and is not any more is deleted: that is the positive answer here."""
    module, is_product_gone = _find(client, operation)
    if module is None:
        words = PRODUCT_GONE if is_product_gone else "The platform does not list it any more, as was asked for."
        return Sighting(verdict=Verdict.THERE, words=words, is_final=True)
    return Sighting(verdict=Verdict.NOT_THERE, words="The platform still lists it.", module=module)


def _product(operation: Operation) -> Product:
    if operation.product is None:
        raise TypeError("the operation names no product")
    return operation.product


def _module(operation: Operation) -> Module:
    if operation.module is None:
        raise TypeError("the operation names no module")
    return operation.module


MODULE_CREATE = Deed(
    find_broken=_findings_for_new, call=_create, look_up=_find_created, apply=_store_created, adopt=_adopt_created
)
MODULE_UPDATE = Deed(
    find_broken=_findings_for_change, call=_update, look_up=_find_changed, apply=_store_changed, adopt=_adopt_changed
)
MODULE_DELETE = Deed(
    find_broken=_findings_for_deletion, call=_delete, look_up=_find_deleted, apply=_store_deleted, adopt=_store_deleted
)
