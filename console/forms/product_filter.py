"""The filters of the product list."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from console.forms import product_choices as choices
from console.models import Account

ORDERS: choices.Choices = (("", "newest first"), ("name", "by name"), ("stalest", "longest not verified"))


class ProductFilter(forms.Form):
    """The filters of the list; what cannot be read does not filter."""

    q = forms.CharField(
        label="Name or key",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    account = forms.ChoiceField(label="Account", required=False)
    node_type = forms.ChoiceField(label="Kind", required=False, choices=(("", "all"), *choices.NODE_TYPES))
    order = forms.ChoiceField(
        label="Order",
        required=False,
        choices=ORDERS,
    )

    def __init__(self, data: Mapping[str, Any], *, accounts: Sequence[Account]) -> None:
        super().__init__(data)
        offered = [("", "all"), *((account.slug, account.slug) for account in accounts)]
        self.fields["account"] = forms.ChoiceField(label="Account", required=False, choices=offered)
        self.full_clean()

    def chosen(self, name: str) -> str:
        """The value of a filter, empty when it is not set or makes no sense."""
        return str(self.cleaned_data.get(name, ""))

    @property
    def order_label(self) -> str:
        """The chosen order in words."""
        return str(dict(ORDERS)[self.chosen("order")])
