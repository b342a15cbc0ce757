"""Who may enter a view. A denied attempt at writing is told to the audit trail."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.validators import slug_re
from django.http import Http404, HttpResponseBase

from console.models import Account
from console.services import audit, visibility
from console.services.problems import Problem
from console.services.roles import Permission, permissions_of
from console.views.errors import UNCHANGED, answer_problem
from console.views.http import HtmxRequest

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HtmxRequest, Parameters], HttpResponseBase]

DENIED = Problem(
    title="Your role does not allow this.",
    changed=UNCHANGED,
    next="Ask an administrator for the role that does.",
    status=403,
)

SAFE = ("GET", "HEAD", "OPTIONS")

# How the parts of an address find the account that they lead to.
_LEADS_TO_ACCOUNT = {
    "slug": "slug",
    "product_id": "products",
    "module_id": "products__modules",
    "operation_id": "operations",
    "item_id": "drift",
    "run_id": "syncs",
}


def requires(
    permission: Permission, *, action: str = "", tells_visits: bool = False
) -> Callable[[View[Parameters]], View[Parameters]]:
    """Let in who has the permission. `action` names the deed in the audit trail; views that only show have none. To
    open a form is no deed yet and told only where `tells_visits`: where secrets or the trail itself are handed out.

    What belongs to an account that is hidden from the person is for the view not to find; the trail is told of it.
    """

    def guard(view: View[Parameters]) -> View[Parameters]:
        @wraps(view)
        def guarded(request: HtmxRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponseBase:
            is_deed = bool(action) and (tells_visits or request.method not in SAFE)
            if permission not in permissions_of(request.user):
                if is_deed:
                    account = Account.objects.filter(**_account_at(kwargs)).first()
                    audit.append_denied(action=action, actor=request.user, path=request.path, account=account)
                return answer_problem(request, DENIED)
            if is_deed and slug_re.match(chosen := request.POST.get("account", "")):
                tell_hidden(request, action, slug=chosen)
            try:
                return view(request, *args, **kwargs)
            except Http404:
                if is_deed:
                    tell_hidden(request, action, **_account_at(kwargs))
                raise

        # Read by the tests of routes and roles.
        vars(guarded).update(permission=permission, action=action)
        return guarded

    return guard


def tell_hidden(request: HtmxRequest, action: str, **found_by: Any) -> None:
    """Tell the trail of a deed that aimed at accounts hidden from the person, found by what they hold. The entry is
    hidden from them as well: it would say that there is such an account.
    """
    for account in visibility.hidden_from(request.user).filter(**found_by).distinct():
        audit.append_denied(
            action=action, actor=request.user, path=request.path, account=account, reason="hidden account"
        )


def _account_at(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The look-up of the account that an address leads to; of none when it leads to no account."""
    found_by = {_LEADS_TO_ACCOUNT[name]: value for name, value in parts.items() if name in _LEADS_TO_ACCOUNT}
    return found_by or {"pk": None}
