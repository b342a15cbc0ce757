"""The decisions on an operation that take a reason, each asked in a form of its own."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from console.forms.operation import ReasonForm
from console.models import Operation

DECISIONS = ("adopt", "abandon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """`deed` is the verb of the route that takes the answer; `id` is unique on a page that asks several."""

    operation: Operation
    deed: str
    id: str
    form: ReasonForm

    @property
    def url(self) -> str:
        return reverse(f"operation-{self.deed}", args=[self.operation.pk])


def in_dialog(operation: Operation) -> list[Ask]:
    """Every decision on an operation, in dialogs that its buttons open."""
    return [_ask(operation, deed, f"{deed}-{operation.pk}") for deed in DECISIONS]


def in_page(operation: Operation, deed: str, data: Any = None) -> Ask:
    """A decision as a part of the operation's page: without JavaScript, and when what was sent has no reason."""
    return _ask(operation, deed, deed, data)


def _ask(operation: Operation, deed: str, name: str, data: Any = None) -> Ask:
    return Ask(operation=operation, deed=deed, id=name, form=ReasonForm(data, auto_id=f"{name}-%s"))
