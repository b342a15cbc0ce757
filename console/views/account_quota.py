"""What the account page shows of the quota."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.forms import BoundField
from django.utils import timezone

from console.forms.account_quota import QuotaForm
from console.models import Account
from console.services.quota_paces import Pace, paces_of
from console.services.quota_use import usage_of

SHOWN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A quota group with its field of the form."""

    pace: Pace
    field: BoundField


def quota_context(account: Account, data: Any = None) -> dict[str, Any]:
    """The pace of each group, the form to change the limits and the use of the last hour."""
    paces = paces_of(account)
    form = QuotaForm(data, limits={pace.group: pace.per_second for pace in paces})
    return {
        "quota_form": form,
        "quota_rows": [Row(pace=pace, field=form[pace.group]) for pace in paces],
        "uses": usage_of(account, since=timezone.now() - SHOWN),
    }
