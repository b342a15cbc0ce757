"""Creating and editing a product: done, cached, and looked up by its name or key."""

from dataclasses import replace

from django.utils import timezone

from console.models import Operation, Product
from console.platforms import types
from console.platforms.client import PlatformClient, spec_of
from console.platforms.errors import PlatformError, Unreadable
from console.platforms.rules import Finding
from console.platforms.types import Answer, ProductChange, ProductSpec
from console.services import cache, product_rules
from console.services.deed import Deed
from console.services.sightings import Sighting, Verdict, differences, likely_maker, verdict_on_edit

GONE = "iot.prod.notexistedproduct"

PAGE_SIZE = 200


def is_gone(error: PlatformError) -> bool:
    """Whether the platform says that the product does not exist."""
    return error.code.lower() == GONE


def _new(operation: Operation) -> ProductSpec:
    return spec_of(ProductSpec, operation.parameters)


def _findings_for_new(operation: Operation) -> list[Finding]:
    return product_rules.findings_for_new(operation.account, _new(operation))


def _create(client: PlatformClient, operation: Operation) -> Answer[types.Product]:
    return client.create_product(_new(operation))


def _store_created(operation: Operation, shown: types.Product) -> None:
    operation.product = cache.store_product(
        operation.account,
        _as_asked(shown, _new(operation)),
        at=timezone.now(),
        by=operation.get_action_display(),
        created_by=operation.actor,
    )


def _as_asked(shown: types.Product, spec: ProductSpec) -> types.Product:
    """The answer of CreateProduct leaves out some of what was asked for: what was asked fills it up."""
    asked = ("net_type", "category_key", "validate_type", "protocol_type", "description", "data_format")
    return replace(shown, **{name: getattr(shown, name) or getattr(spec, name) for name in asked})


def _find_created(client: PlatformClient, operation: Operation) -> Sighting:
    name = operation.target_name
    key = _find_key(client, name)
    if not key:
        return Sighting(verdict=Verdict.NOT_THERE, words=f"No product of the account is named “{name}”.")
    product = client.query_product(key).value
    told = differences(*_comparable(operation, product))
    if told:
        words = f"A product of this name is there, as {key}, and differs: {told}."
        return Sighting(verdict=Verdict.OTHER, words=words, is_final=True, product=product)
    words = f"It is there, as {key}, and matches what was asked for. That proves that it exists, not who made it."
    return Sighting(verdict=Verdict.THERE, words=words, is_final=True, product=product)


def _find_key(client: PlatformClient, name: str) -> str:
    """The ProductKey of a name, "" only when every page of the list came and none shows it."""
    seen, number = 0, 1
    total: int | None = None
    while total is None or seen < total:
        page = client.query_product_list(number, PAGE_SIZE).value
        for row in page.products:
            if row.product_name == name:
                return row.product_key
        if total not in (None, page.total) or (not page.products and seen < page.total):
            raise Unreadable("The list of products changed while it was read, so it proves no absence.")
        seen, total, number = seen + len(page.products), page.total, number + 1
    return ""


# Beside the description, what QueryProduct shows of a request's parameters.
_SHOWN = {
    "NodeType": "node_type",
    "DataFormat": "data_format",
    "AliyunCommodityCode": "aliyun_commodity_code",
    "AuthType": "auth_type",
    "CategoryKey": "category_key",
    "NetType": "net_type",
    "ProtocolType": "protocol_type",
    "ValidateType": "validate_type",
    "Id2": "id2",
}


def _comparable(operation: Operation, product: types.Product) -> tuple[dict[str, str], dict[str, str]]:
    """What was asked and what is shown, of the parameters that are in both; the platform fills in the others."""
    asked = {"Description": operation.parameters.get("Description", "")}
    shown = {"Description": product.description}
    for name, attribute in _SHOWN.items():
        value = getattr(product, attribute)
        if name in operation.parameters and value not in (None, ""):
            asked[name], shown[name] = operation.parameters[name], str(value).lower() if name == "Id2" else str(value)
    return asked, shown


def _adopt_created(operation: Operation, sighting: Sighting) -> None:
    if sighting.product:
        operation.product = cache.store_product(
            operation.account,
            sighting.product,
            at=timezone.now(),
            by="look-up",
            created_by=likely_maker(operation, sighting.product),
        )


def _change(operation: Operation) -> ProductChange:
    return spec_of(ProductChange, operation.parameters)


def _findings_for_change(operation: Operation) -> list[Finding]:
    return product_rules.findings_for_change(_product(operation), _change(operation))


def _update(client: PlatformClient, operation: Operation) -> Answer[None]:
    return client.update_product(_change(operation))


def _store_changed(operation: Operation, _: None) -> None:
    change = _change(operation)
    sent = {"product_name": change.product_name, "description": change.description}
    Product.objects.filter(pk=_product(operation).pk).update(
        verified_at=timezone.now(),
        verified_by=operation.get_action_display(),
        **{name: text for name, text in sent.items() if text},
    )


def _find_changed(client: PlatformClient, operation: Operation) -> Sighting:
    try:
        product = client.query_product(_product(operation).product_key).value
    except PlatformError as error:
        if is_gone(error):
            return Sighting(verdict=Verdict.OTHER, words="The product is gone from the platform.", is_final=True)
        raise
    shown = {"ProductName": product.product_name, "Description": product.description}
    verdict, words = verdict_on_edit(operation, shown)
    return Sighting(verdict=verdict, words=words, is_final=verdict is Verdict.THERE, product=product)


def _adopt_changed(operation: Operation, sighting: Sighting) -> None:
    if sighting.product:
        cache.store_product(operation.account, sighting.product, at=timezone.now(), by="look-up")


def _product(operation: Operation) -> Product:
    if operation.product is None:
        raise TypeError("the operation names no product")
    return operation.product


PRODUCT_CREATE = Deed(
    find_broken=_findings_for_new, call=_create, look_up=_find_created, apply=_store_created, adopt=_adopt_created
)
PRODUCT_UPDATE = Deed(
    find_broken=_findings_for_change, call=_update, look_up=_find_changed, apply=_store_changed, adopt=_adopt_changed
)
