"""The filters that every list of the platforms' things has: a search, an account and an order."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from console.forms.product_choices import Choices
from console.models import Account


class ListFilter(forms.Form):
    """What cannot be read does not filter. A list says what `searched` is and which `orders` it has, the usual one
    first, and adds filters of its own.
    """

    searched: ClassVar[str]
    orders: ClassVar[Choices]

    q = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    account = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, Any], *, accounts: Sequence[Account]) -> None:
        super().__init__(data)
        offered = [("", "all"), *((account.slug, account.slug) for account in accounts)]
        self.fields["q"].label = self.searched
        self.fields["account"] = forms.ChoiceField(label="Account", required=False, choices=offered)
        self.fields["order"] = forms.ChoiceField(label="Order", required=False, choices=self.orders)
        self.full_clean()

    def chosen(self, name: str) -> str:
        """The value of a filter, empty when it is not set or makes no sense."""
        return str(self.cleaned_data.get(name, ""))

    @property
    def order_label(self) -> str:
        """The chosen order in words."""
        return dict(self.orders)[self.chosen("order")]
