"""The calls a second that an administrator allows for each quota group of an account."""

from collections.abc import Mapping
from typing import Any

from django import forms

from console.services.quota_limits import MOST


class QuotaForm(forms.Form):
    """One field for each group in `limits`, named as the group is."""

    def __init__(self, data: Any = None, *, limits: Mapping[str, int]) -> None:
        super().__init__(data, initial=dict(limits))
        for group in limits:
            widget = forms.NumberInput(
                attrs={"aria-label": f"Limit of {group}, calls a second", "inputmode": "numeric"}
            )
            self.fields[group] = forms.IntegerField(min_value=1, max_value=MOST, widget=widget)
