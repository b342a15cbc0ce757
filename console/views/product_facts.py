"""What the page of one product tells of it: its attributes in words, and what was done to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.forms import product_choices as choices
from console.models import Module, Product, User
from console.services import audit_search
from console.views.trail import Line, lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One attribute: the word for it, and what the platform calls it."""

    label: str
    word: str
    raw: str = ""


def facts_of(product: Product) -> list[Fact]:
    """The attributes that the platform told, each in words with its raw value."""
    facts = [
        _chosen("Node type", "NodeType", choices.NODE_TYPES, product.node_type),
        _chosen("Network", "NetType", choices.NET_TYPES, product.net_type),
        _chosen("Behind a gateway", "ProtocolType", choices.PROTOCOL_TYPES, product.protocol_type),
        _chosen("Edition", "AliyunCommodityCode", choices.COMMODITY_CODES, product.aliyun_commodity_code),
        _chosen("Data format", "DataFormat", choices.DATA_FORMATS, product.data_format),
        _chosen("Authentication", "AuthType", choices.AUTH_TYPES, product.auth_type),
        _flag("Internet Device ID", "Id2", product.id2),
        _chosen("Check of device data", "ValidateType", choices.VALIDATE_TYPES, product.validate_type),
        Fact(label="Category", word=product.category_name or product.category_key, raw=product.category_key),
        Fact(label="Status", word=_status(product.product_status), raw=product.product_status),
        Fact(label="Devices", word="" if product.device_count is None else str(product.device_count)),
        Fact(label="Description", word=product.description),
    ]
    return [fact for fact in facts if fact.word]


def _chosen(label: str, name: str, listed: choices.Choices, value: object) -> Fact:
    if value is None or value == "":
        return Fact(label=label, word="")
    return Fact(label=label, word=choices.word(listed, value), raw=f"{name} {value}")


def _flag(label: str, name: str, value: bool | None) -> Fact:
    return _chosen(label, name, choices.YES_NO, "" if value is None else str(value).lower())


def _status(status: str) -> str:
    return {"DEVELOPMENT_STATUS": "In development", "RELEASE_STATUS": "Released"}.get(status, status)


def history_of(product: Product, modules: Sequence[Module], reader: User) -> list[Line]:
    """The latest that was done to a product and its modules, as far as the reader may read the trail."""
    return lines(audit_search.latest(of=[product, *modules], reader=reader), reader=reader)
