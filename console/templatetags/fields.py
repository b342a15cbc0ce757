"""What the shared field templates need to know of a bound field."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString

from console.platforms.rules import product_name_length

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How long a text is and may be, in the platform's way of counting."""

    now: int
    least: int
    most: int

    @property
    def over(self) -> bool:
        return self.now > self.most

    @property
    def limits(self) -> str:
        return f"{self.least}–{self.most}" if self.least else str(self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One radio of a choice, with the sentence that explains it."""

    widget: BoundWidget
    explanation: str


def length(text: str, *, wide: bool) -> int:
    """Count characters; with `wide`, as the platform counts those of a product's name."""
    return product_name_length(text) if wide else len(text)


@register.simple_tag
def count(field: BoundField) -> Count | None:
    """Read a field's counter from its widget's `data-count*` attributes."""
    attrs: dict[str, Any] = field.field.widget.attrs
    if "data-count" not in attrs:
        return None
    return Count(
        now=length(str(field.value() or ""), wide="data-count-wide" in attrs),
        least=int(attrs.get("data-count-least", 0)),
        most=int(attrs["data-count"]),
    )


@register.simple_tag
def described(field: BoundField, warning: str = "") -> str:
    """Name the ids of every text that stands beside a field, for `aria-describedby`."""
    beside: dict[str, object] = {
        "helptext": field.help_text,
        "warning": warning,
        "count": "data-count" in field.field.widget.attrs,
        "error": field.errors,
    }
    return " ".join(f"{field.auto_id}_{name}" for name, there in beside.items() if there)


@register.simple_tag
def control(field: BoundField, warning: str = "") -> SafeString:
    """Render a field's widget, described by the texts beside it."""
    ids = described(field, warning)
    return field.as_widget(attrs={"aria-describedby": ids} if ids else None)


@register.simple_tag
def filter_control(field: BoundField) -> SafeString:
    """Render a filter's widget, its label as the placeholder."""
    return field.as_widget(attrs={"placeholder": str(field.label)})


@register.simple_tag
def cards(field: BoundField) -> list[Card]:
    """Pair each radio of a field with its sentence from the form field's `explanations`."""
    explanations: dict[str, str] = getattr(field.field, "explanations", {})
    return [
        Card(widget=widget, explanation=explanations.get(str(widget.data["value"]), "")) for widget in field.subwidgets
    ]
