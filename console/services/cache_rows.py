"""What holds for the rows of products and modules alike: the newer reading wins, two lists prove absence."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.db.models import BigIntegerField, Field, Model, QuerySet

from console.models import Module, Product
from console.services import drift
from console.services.readings import Reading, Row, Values


def is_newer(row: Row, at: datetime) -> bool:
    """Whether the row was verified after what is to be stored was asked for: then it is not overwritten."""
    return bool(row.verified_at and row.verified_at > at)


def is_here(row: Row) -> bool:
    """Whether it was known to be on the platform."""
    return not row._state.adding and not row.vanished_at  # noqa: SLF001  public in all but its name


def fill(row: Row, shown: object, names: Iterable[str], reading: Reading) -> Values:
    """Take over what is shown, but for what lags behind our own edit. Return how it was before of what drifted."""
    values = {name: _fitting(row, name, getattr(shown, name)) for name in names}
    lagging, drifted = reading.judge(row, values) if is_here(row) else ([], [])
    before = {name: getattr(row, name) for name in drifted}
    for name, value in values.items():
        if name not in lagging:
            setattr(row, name, value)
    return before


def _fitting(row: Model, name: str, value: str | int | None) -> str | int | None:
    """What fits the column: a platform may show more than its documents allow, and PostgreSQL refuses the row then."""
    field = cast("Field[Any, Any]", row._meta.get_field(name))  # noqa: SLF001
    if isinstance(value, str):
        return value[: field.max_length]
    if value is None or isinstance(field, BigIntegerField) or abs(value) < 2**31:
        return value
    return None


def verify(row: Row, reading: Reading) -> None:
    """Store the row as seen by the reading."""
    row.verified_at, row.verified_by = reading.at, reading.by
    row.missing_since = row.vanished_at = None
    row.save()


def settle_unseen(reading: Reading, rows: QuerySet[Product] | QuerySet[Module], *, since: datetime) -> None:
    """After a complete list that began at `since`: what it did not show is missing, and gone when an earlier one did
    not show it either. One alone may have been drawn up a moment too early.
    """
    for row in rows.filter(vanished_at=None, verified_at__lt=since):
        if reading.own(row):
            continue
        if row.missing_since is None:
            rows.filter(pk=row.pk).update(missing_since=since)
        elif row.missing_since < since:
            mark_gone(reading, row)


def mark_gone(reading: Reading, row: Row) -> None:
    """It is on the platform no longer, and neither are its modules; told once."""
    now = {"vanished_at": reading.at, "missing_since": None}
    # Not when somebody saw it after this was asked for.
    here = type(row).objects.filter(pk=row.pk, vanished_at=None, verified_at__lte=reading.at)
    if not here.update(**now):
        return
    if isinstance(row, Product):
        Module.objects.filter(product=row, vanished_at=None).update(**now)
    drift.found_gone(reading, row)
