"""The filters of the product list."""

from django import forms

from console.forms import product_choices as choices
from console.forms.list_filter import ListFilter


class ProductFilter(ListFilter):
    searched = "Name or key"
    orders = (("", "newest first"), ("name", "by name"), ("stalest", "longest not verified"))

    node_type = forms.ChoiceField(label="Kind", required=False, choices=(("", "all"), *choices.NODE_TYPES))
