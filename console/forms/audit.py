"""The filters of the audit trail; what is rubbish in the address does not filter."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms

from console.models import Outcome, User
from console.services.audit import ACTIONS
from console.services.audit_search import Search
from console.services.roles import reads_all_audit
from console.services.visibility import accounts_of


class Day(forms.DateInput):
    input_type = "date"


class AuditFilter(forms.Form):
    """Days are of UTC. Who sees only what is their own has nobody to choose from."""

    since = forms.DateField(required=False, label="From", widget=Day)
    until = forms.DateField(required=False, label="To", widget=Day)
    person = forms.ChoiceField(required=False, label="Who")
    action = forms.ChoiceField(required=False, choices=[("", "any"), *ACTIONS.items()])
    account = forms.ChoiceField(required=False)
    outcome = forms.ChoiceField(required=False, choices=[("", "any"), *Outcome.choices])
    target = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    text = forms.CharField(required=False, label="Name, RequestId or id", max_length=200, widget=forms.SearchInput)

    def __init__(self, data: Any, *, reader: User) -> None:
        super().__init__(data)
        _offer(self.fields["account"], accounts_of(reader).order_by("slug").values_list("slug", flat=True))
        if reads_all_audit(reader):
            _offer(self.fields["person"], User.objects.order_by("username").values_list("username", flat=True))
        else:
            del self.fields["person"]

    def search(self) -> Search:
        """What to look for, from the fields that can be read."""
        self.is_valid()
        entered = self.cleaned_data
        return Search(
            actor=entered.get("person", ""),
            action=entered.get("action", ""),
            account=entered.get("account", ""),
            target=entered.get("target", ""),
            outcome=entered.get("outcome", ""),
            text=entered.get("text", ""),
            since=_begin(entered.get("since")),
            until=_end(entered.get("until")),
        )

    @property
    def is_on_one_object(self) -> bool:
        """Whether only what was done to one object is shown."""
        return bool(self.search().target)

    @property
    def is_used(self) -> bool:
        """Whether anything is filtered."""
        return self.search() != Search()


def _offer(field: forms.Field, names: Any) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = [("", "any"), *((name, name) for name in names)]


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=UTC) if day else None


def _end(day: date | None) -> datetime | None:
    """The day belongs to the time: it ends where the next one begins. The last day of all has no next one."""
    return _begin(day + timedelta(days=1)) if day and day < date.max else None
