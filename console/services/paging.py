"""Keyset pages of a queryset: the cost of a page does not grow with how far one has paged."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils.timezone import is_naive

from console.lib.keyset import Cursor, decode

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The columns to order by, the last of them unique; none of them may be NULL."""

    fields: tuple[str, ...]
    descending: bool = False

    def reversed_if(self, backwards: bool) -> "Order":
        return Order(fields=self.fields, descending=self.descending != backwards)

    @property
    def order_by(self) -> list[str]:
        return [f"-{name}" if self.descending else name for name in self.fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    rows: list[Row]
    previous: str = ""
    next: str = ""


def page(rows: QuerySet[Row], *, order: Order, cursor: str, size: int) -> Page[Row]:
    """The page at `cursor`, the first one for an empty or foreign cursor. One row more than `size` is read, to
    know whether there is another page; nothing is counted.
    """
    at = decode(cursor, width=len(order.fields)) if cursor else None
    beyond = _beyond(rows, order, at)
    if at is None or beyond is None:
        found = list(rows.order_by(*order.order_by)[: size + 1])
        return _page(found[:size], order, previous=False, following=len(found) > size)
    reading = order.reversed_if(at.backwards)
    found = list(rows.filter(beyond).order_by(*reading.order_by)[: size + 1])
    has_more, kept = len(found) > size, found[:size]
    if at.backwards:
        return _page(kept[::-1], order, previous=has_more, following=True)
    return _page(kept, order, previous=True, following=has_more)


def _page(rows: list[Row], order: Order, *, previous: bool, following: bool) -> Page[Row]:
    if not rows:
        return Page(rows=rows)
    return Page(
        rows=rows,
        previous=Cursor(values=_values(rows[0], order), backwards=True).encode() if previous else "",
        next=Cursor(values=_values(rows[-1], order)).encode() if following else "",
    )


def _values(row: Model, order: Order) -> tuple[str, ...]:
    values = (getattr(row, name) for name in order.fields)
    return tuple(value.isoformat() if isinstance(value, datetime) else str(value) for value in values)


def _beyond(rows: QuerySet[Row], order: Order, at: Cursor | None) -> Q | None:
    """The rows after `at` in reading direction; None when a value does not fit its column."""
    if at is None:
        return None
    try:
        values = [_to_python(rows.model, name, text) for name, text in zip(order.fields, at.values, strict=True)]
    except (ValidationError, ValueError, OverflowError):
        return None
    comparison = "lt" if order.reversed_if(at.backwards).descending else "gt"
    # The first column once more by itself: on an alternative alone neither database enters an index.
    first = order.fields[0]
    bound, beyond = Q(**{f"{first}__{comparison}e": values[0]}), Q()
    ties: dict[str, Any] = {}
    for name, value in zip(order.fields, values, strict=True):
        beyond |= Q(**ties, **{f"{name}__{comparison}": value})
        ties[name] = value
    return bound & beyond


def _to_python(model: type[Model], name: str, text: str) -> Any:
    field = model._meta.get_field(name)  # noqa: SLF001  public in all but its name
    value = cast("Field[Any, Any]", field).to_python(text)
    return aware(value.isoformat()) if isinstance(value, datetime) else value


def aware(text: str) -> datetime:
    """A moment of a cursor, in UTC. Raises ValueError for what is none or has no zone, OverflowError at time's end."""
    value = datetime.fromisoformat(text)
    if is_naive(value):
        raise ValueError("a time in a cursor has its zone")
    return value.astimezone(UTC)
