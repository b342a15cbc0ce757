"""How the parameters of CreateProduct depend on each other (Alibaba: CreateProduct)."""

from collections.abc import Iterator

from console.platforms.rules import choices
from console.platforms.rules.findings import Finding, error, warning
from console.platforms.types import ProductSpec


def check_choices(spec: ProductSpec) -> Iterator[Finding]:
    """Find values that the documents do not list; "" and None stand for a parameter that is left out."""
    chosen = (
        ("node_type", spec.node_type, choices.NODE_TYPES),
        ("data_format", spec.data_format, choices.DATA_FORMATS),
        ("validate_type", spec.validate_type, choices.VALIDATE_TYPES),
        ("aliyun_commodity_code", spec.aliyun_commodity_code, choices.COMMODITY_CODES),
        ("net_type", spec.net_type, choices.NET_TYPES),
        ("protocol_type", spec.protocol_type, choices.PROTOCOL_TYPES),
        ("auth_type", spec.auth_type, choices.AUTH_TYPES),
    )
    for field, value, allowed in chosen:
        if value not in (None, "") and value not in allowed:
            listed = ", ".join(map(str, allowed))
            yield error(field, f"alibaba.{field}.value", f"Alibaba: {field} is one of {listed}.")


def check_interplay(spec: ProductSpec, region: str) -> Iterator[Finding]:
    """Find combinations that the platform refuses (errors) or that its documents leave open (warnings)."""
    yield from _edition(spec)
    yield from _connection(spec)
    yield from _lora(spec, region)
    yield from _authentication(spec, region)
    yield from _id2(spec, region)
    yield from _doubtful_values(spec)


def _edition(spec: ProductSpec) -> Iterator[Finding]:
    if spec.aliyun_commodity_code == choices.SENIOR and spec.data_format is None:
        text = "Alibaba: a product with a thing model (iothub_senior) needs a data format."
        yield error("data_format", "alibaba.data_format.required", text)
    if not spec.aliyun_commodity_code:
        text = "Alibaba: without an edition the newer documents say basic, the older ones with a thing model."
        yield warning("aliyun_commodity_code", "alibaba.aliyun_commodity_code.default", text)
    if spec.aliyun_commodity_code == choices.BASIC:
        text = "Alibaba: some documents say that only products with a thing model (iothub_senior) can be made."
        yield warning("aliyun_commodity_code", "alibaba.aliyun_commodity_code.basic", text)


def _connection(spec: ProductSpec) -> Iterator[Finding]:
    if spec.protocol_type and spec.node_type == choices.GATEWAY:
        text = "Alibaba: a gateway is connected directly; the protocol is for devices behind a gateway."
        yield warning("protocol_type", "alibaba.protocol_type.gateway", text)
    if spec.protocol_type and spec.net_type:
        text = "Alibaba: a device behind a gateway takes a protocol, any other a network; not both."
        yield warning("net_type", "alibaba.net_type.protocol_type", text)
    direct = not spec.protocol_type and not spec.net_type
    if direct and spec.aliyun_commodity_code == choices.SENIOR:
        text = "Alibaba: a directly connected product must name its network, yet WIFI is said to be the default."
        yield warning("net_type", "alibaba.net_type.default", text)


def _lora(spec: ProductSpec, region: str) -> Iterator[Finding]:
    if spec.net_type != choices.LORA:
        return
    if not spec.join_permission_id:
        text = "Alibaba: a LoRaWAN product needs the ID of a network access credential."
        yield error("join_permission_id", "alibaba.join_permission_id.required", text)
    if spec.auth_type in choices.SHANGHAI_AUTH_TYPES:
        text = f"Alibaba: {spec.auth_type} authentication cannot be used with LoRaWAN."
        yield error("auth_type", "alibaba.auth_type.lora", text)
    where = "" if not region or region.startswith("cn-") else f" The account is in {region}."
    text = f"Alibaba: newer documents no longer name LORA, older ones only for China.{where}"
    yield warning("net_type", "alibaba.net_type.lora", text)


def _authentication(spec: ProductSpec, region: str) -> Iterator[Finding]:
    if spec.auth_type in choices.SHANGHAI_AUTH_TYPES and region not in ("", choices.SHANGHAI):
        text = f"Alibaba: {spec.auth_type} exists only in China (Shanghai); this account is in {region}."
        yield error("auth_type", "alibaba.auth_type.region", text)
    if spec.auth_type == "x509":
        text = "Alibaba: the newest documents no longer name X.509 authentication."
        yield warning("auth_type", "alibaba.auth_type.x509", text)
    if spec.auth_type == "one-party":
        text = "Alibaba: one-party authentication is documented in Chinese only, for MQTT instances."
        yield warning("auth_type", "alibaba.auth_type.one_party", text)


def _id2(spec: ProductSpec, region: str) -> Iterator[Finding]:
    if not spec.id2:
        return
    if spec.auth_type != "id2":
        used = spec.auth_type or "secret"
        text = f"Alibaba: the authentication type wins, so {used} is used and Internet Device ID stays off."
        yield warning("id2", "alibaba.id2.auth_type", text)
    if region not in ("", choices.SHANGHAI):
        text = f"Alibaba: Internet Device ID exists only in China (Shanghai); this account is in {region}."
        yield warning("id2", "alibaba.id2.region", text)


def _doubtful_values(spec: ProductSpec) -> Iterator[Finding]:
    if spec.validate_type == 0:
        text = "Alibaba: 0 is named only in old documents and in answers; 1 is weak, 2 is no validation."
        yield warning("validate_type", "alibaba.validate_type.legacy", text)
    if spec.resource_group_id:
        text = "Alibaba: newer Chinese documents say that the resource group is ignored."
        yield warning("resource_group_id", "alibaba.resource_group_id.ignored", text)
