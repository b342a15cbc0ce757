"""Who may enter a view. A denied attempt at writing is told to the audit trail."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse

from console.services import audit
from console.services.errors import Problem
from console.services.roles import Permission, permissions_of
from console.views.errors import UNCHANGED, answer_problem
from console.views.http import HtmxRequest

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HtmxRequest, Parameters], HttpResponse]

DENIED = Problem(
    title="Your role does not allow this.",
    changed=UNCHANGED,
    next="Ask an administrator for the role that does.",
    status=403,
)


def requires(permission: Permission, *, action: str = "") -> Callable[[View[Parameters]], View[Parameters]]:
    """Let in who has the permission. `action` names the deed in the audit trail; views that only show have none."""

    def guard(view: View[Parameters]) -> View[Parameters]:
        @wraps(view)
        def guarded(request: HtmxRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
            if permission in permissions_of(request.user):
                return view(request, *args, **kwargs)
            if action:
                audit.append_denied(action=action, actor=request.user, path=request.path)
            return answer_problem(request, DENIED)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test of routes and roles
        return guarded

    return guard
