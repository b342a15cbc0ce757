"""Drift: what a reading found new, changed or gone that the console did not do, recorded with the cache's change."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from console.models import DriftItem, DriftKind, DriftState, Module, Outcome, Product
from console.services import audit
from console.services.readings import Reading, Row, Values

_OF_A_PRODUCT = (
    "product_name",
    "description",
    "node_type",
    "data_format",
    "aliyun_commodity_code",
    "auth_type",
    "category_key",
    "net_type",
    "protocol_type",
    "product_status",
)
_OF_A_MODULE = ("module_name", "alias_name", "desc")

AS_BEFORE = "The platform shows it again as it was before."


def found_new(reading: Reading, row: Row) -> None:
    """The platform shows what was not there when it was read before."""
    if reading.finds_drift and not reading.own(row):
        _record(reading, row, DriftKind.NEW, before={}, after=values_of(row))


def found_changed(reading: Reading, row: Row, *, before: Values) -> None:
    """What is in `before` is another now; the row holds the new values already."""
    if before:
        _record(reading, row, DriftKind.CHANGED, before=before, after={name: getattr(row, name) for name in before})


def found_gone(reading: Reading, row: Row) -> None:
    """The platform has it no longer; the row holds what was known of it."""
    if reading.finds_drift and not reading.own(row):
        _record(reading, row, DriftKind.GONE, before=values_of(row), after={})


def values_of(row: Row) -> dict[str, Any]:
    """What a person needs to recognise it: the attributes that the platform told."""
    names = _OF_A_MODULE if isinstance(row, Module) else _OF_A_PRODUCT
    told = {name: getattr(row, name) for name in names}
    return {name: value for name, value in told.items() if value not in ("", None)}


def _record(reading: Reading, row: Row, kind: DriftKind, *, before: Values, after: Values) -> None:
    known = _open_item(row, kind)
    if known:
        _extend(known, before=before, after=after)
    else:
        DriftItem.objects.create(
            account=reading.account,
            sync=reading.sync,
            kind=kind,
            before=dict(before),
            after=dict(after),
            found_at=reading.at,
            **_target_of(row),
        )
    _tell(reading, row, kind, before=before, after=after)


def _open_item(row: Row, kind: DriftKind) -> DriftItem | None:
    """The item that waits for a person already and that what is found belongs to."""
    kinds = (DriftKind.NEW, DriftKind.CHANGED) if kind == DriftKind.CHANGED else (kind,)
    target = _target_of(row)
    same = DriftItem.objects.select_for_update().filter(**target, kind__in=kinds, state=DriftState.OPEN)
    return same.order_by("-found_at").first()


def _target_of(row: Row) -> dict[str, Product | Module | None]:
    if isinstance(row, Module):
        return {"product": row.product, "module": row}
    return {"product": row, "module": None}


def _extend(item: DriftItem, *, before: Values, after: Values) -> None:
    """What was known first stays; a change that was taken back needs nobody."""
    item.before = {**before, **item.before} if item.kind == DriftKind.CHANGED else item.before
    item.after = {**item.after, **after}
    if item.kind == DriftKind.CHANGED and item.before == item.after:
        item.state, item.settled_at, item.reason = DriftState.IGNORED, timezone.now(), AS_BEFORE
    item.save(update_fields=["before", "after", "state", "settled_at", "reason"])


def _tell(reading: Reading, row: Row, kind: DriftKind, *, before: Values, after: Values) -> None:
    audit.append(
        audit.Event(
            action=f"drift.{kind.value}",
            outcome=Outcome.DRIFT,
            actor=None,
            account=reading.account,
            target=row,
            parameters={"found by": reading.by} | _worded("before", before) | _worded("after", after),
        )
    )


def _worded(prefix: str, values: Mapping[str, Any]) -> dict[str, str]:
    return {f"{prefix} {name}": "" if value is None else str(value) for name, value in values.items()}
