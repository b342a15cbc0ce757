"""Which parameters of CreateProduct make sense under the choices made so far."""

from console.platforms.capabilities import capabilities
from console.platforms.rules import choices
from console.platforms.types import Platform

_ALWAYS = frozenset(
    {
        "product_name",
        "node_type",
        "description",
        "aliyun_commodity_code",
        "auth_type",
        "resource_group_id",
    }
)
_WITH_THING_MODEL = frozenset({"data_format", "category_key", "publish_auto", "validate_type"})


def applicable_product_fields(
    platform: Platform,
    *,
    node_type: int | None,
    net_type: str,
    protocol_type: str,
    aliyun_commodity_code: str,
    auth_type: str,
    region: str,
) -> frozenset[str]:
    """Name the fields that apply, as ProductSpec spells them (Alibaba: CreateProduct).

    A form hides the others and the server ignores them. None apply on a platform that cannot make products.
    """
    if not capabilities(platform).create_product:
        return frozenset()
    thing_model = aliyun_commodity_code != choices.BASIC
    behind_gateway = thing_model and node_type != choices.GATEWAY
    fields = set(_ALWAYS | _WITH_THING_MODEL) if thing_model else set(_ALWAYS)
    fields |= _link_fields(net_type, protocol_type if behind_gateway else "")
    if behind_gateway:
        fields.add("protocol_type")
    if auth_type == "id2" and region in ("", choices.SHANGHAI):
        fields.add("id2")
    return frozenset(fields)


def _link_fields(net_type: str, protocol_type: str) -> set[str]:
    if protocol_type:
        return set()
    return {"net_type", "join_permission_id"} if net_type == choices.LORA else {"net_type"}
