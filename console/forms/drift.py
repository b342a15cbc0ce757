"""The filters of the drift list, and what a person says who settles an item."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from console.models import Account, DriftKind, User
from console.services.drift_items import DriftSearch

LONGEST_REASON = 300


class DriftFilter(forms.Form):
    """What cannot be read does not filter."""

    kind = forms.ChoiceField(required=False, label="Kind", choices=[("", "any"), *DriftKind.choices])

    def __init__(self, data: Mapping[str, Any], *, accounts: Sequence[Account]) -> None:
        super().__init__(data)
        offered = [("", "all"), *((account.slug, account.slug) for account in accounts)]
        self.fields["account"] = forms.ChoiceField(label="Account", required=False, choices=offered)
        self.full_clean()

    def search(self) -> DriftSearch:
        """What to look for."""
        chosen = self.cleaned_data
        return DriftSearch(account=chosen.get("account", ""), kind=chosen.get("kind", ""))


class SelectionForm(forms.Form):
    """The items that are ticked in the list."""

    item = forms.TypedMultipleChoiceField(coerce=UUID)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        ticked = data.getlist("item")
        self.fields["item"] = forms.TypedMultipleChoiceField(coerce=UUID, choices=[(key, key) for key in ticked])


def _reason(*, required: bool, help_text: str) -> forms.CharField:
    return forms.CharField(
        label="Reason",
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "data-count": str(LONGEST_REASON)}),
        help_text=help_text,
    )


class ClaimForm(forms.Form):
    person = forms.ModelChoiceField(
        label="Who did it", queryset=User.objects.filter(is_active=True).order_by("username"), empty_label="Choose"
    )
    reason = _reason(required=True, help_text="How you know. It stands in the audit trail, with your name.")


class IgnoreForm(forms.Form):
    reason = _reason(required=False, help_text="It stands in the audit trail, with your name.")
