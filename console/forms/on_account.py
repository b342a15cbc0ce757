"""A form about something new on one of the accounts that are offered."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from console.forms.once import OnceForm
from console.models import Account


class OnAccountForm(OnceForm):
    """`accounts` are those to choose from, at least one."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, accounts: Sequence[Account], **options: Any) -> None:
        super().__init__(data, **options)
        self.accounts = {account.slug: account for account in accounts}
        offered = [(account.slug, f"{account.title} ({account.slug})") for account in accounts]
        self.fields["account"] = forms.ChoiceField(label="Account", choices=offered)

    @property
    def chosen_account(self) -> Account:
        """The chosen account; the first one while none of those offered is chosen."""
        return self.accounts.get(str(self["account"].value()), next(iter(self.accounts.values())))
