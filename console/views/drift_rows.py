"""Drift items as the pages show them: what differs, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from console.forms import product_choices as choices
from console.models import DriftItem, DriftState

LABELS = {
    "product_name": "Name",
    "description": "Description",
    "node_type": "Node type",
    "data_format": "Data format",
    "aliyun_commodity_code": "Edition",
    "auth_type": "Authentication",
    "category_key": "Category",
    "category_name": "Category name",
    "net_type": "Network",
    "protocol_type": "Behind a gateway",
    "product_status": "Status",
    "id2": "Internet Device ID",
    "owner": "Owner",
    "validate_type": "Check of device data",
    "module_name": "Name",
    "alias_name": "Alias",
    "desc": "Description",
}
_WORDS = {
    "node_type": choices.NODE_TYPES,
    "data_format": choices.DATA_FORMATS,
    "aliyun_commodity_code": choices.COMMODITY_CODES,
    "auth_type": choices.AUTH_TYPES,
    "net_type": choices.NET_TYPES,
    "protocol_type": choices.PROTOCOL_TYPES,
    "validate_type": choices.VALIDATE_TYPES,
}
_OUTCOMES = {
    DriftState.OPEN: "drift",
    DriftState.ACCEPTED: "done",
    DriftState.CLAIMED: "adopted",
    DriftState.IGNORED: "abandoned",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One attribute, before and after; "" where there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item of the list; `outcome` is the mark of its state."""

    item: DriftItem
    differences: list[Difference]
    outcome: str

    @property
    def name(self) -> str:
        return str(self.item.module or self.item.product) or "(no name)"


def rows_of(items: Iterable[DriftItem]) -> list[Row]:
    """The rows of a list, in its order."""
    return [row_of(item) for item in items]


def row_of(item: DriftItem) -> Row:
    names = dict.fromkeys([*item.before, *item.after])
    return Row(
        item=item,
        differences=[_difference(item, name) for name in names],
        outcome=_OUTCOMES[DriftState(item.state)],
    )


def _difference(item: DriftItem, name: str) -> Difference:
    return Difference(
        label=LABELS.get(name, name), before=_word(name, item.before.get(name)), after=_word(name, item.after.get(name))
    )


def _word(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    return choices.word(_WORDS[name], value) if name in _WORDS else str(value)
