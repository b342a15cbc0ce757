"""The filters of the ledger, and the reason that somebody gives who settles an operation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from console.models import Account, Action, OperationState, User
from console.models.operation import OPEN_STATES
from console.services.operation_search import OperationSearch

LONGEST_REASON = 300
SETTLED = [(state.value, state.label.lower()) for state in OperationState if state not in OPEN_STATES]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": str(LONGEST_REASON)}),
        help_text="It stands in the audit trail, with your name.",
    )


class OperationFilter(forms.Form):
    """Which of the settled operations to list. What cannot be read does not filter."""

    state = forms.ChoiceField(required=False, label="Outcome", choices=[("", "any"), *SETTLED])
    action = forms.ChoiceField(required=False, choices=[("", "any"), *Action.choices])
    account = forms.ChoiceField(required=False)
    whose = forms.ChoiceField(required=False, label="Asked by", choices=[("", "anybody"), ("mine", "me")])

    def __init__(self, data: Mapping[str, Any], *, accounts: Sequence[Account]) -> None:
        super().__init__(data)
        offered = [("", "all"), *((account.slug, account.slug) for account in accounts)]
        self.fields["account"] = forms.ChoiceField(label="Account", required=False, choices=offered)
        self.full_clean()

    def search(self, user: User) -> OperationSearch:
        """What to look for, on behalf of `user`."""
        chosen = self.cleaned_data
        return OperationSearch(
            state=chosen.get("state", ""),
            action=chosen.get("action", ""),
            account=chosen.get("account", ""),
            actor=user if chosen.get("whose") else None,
        )

    @property
    def is_used(self) -> bool:
        """Whether anything is filtered."""
        return any(self.cleaned_data.values())
