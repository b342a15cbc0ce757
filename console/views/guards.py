"""Who may enter a view. A denied attempt at writing is told to the audit trail."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponse
from django.shortcuts import render

from console.services import audit
from console.services.errors import Problem
from console.services.roles import Permission, permissions_of
from console.views.http import HtmxRequest, respond_problem, wants_partial

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HtmxRequest, Parameters], HttpResponse]

DENIED = Problem(
    title="Your role does not allow this.",
    changed="Nothing was changed, and nothing was sent to a platform.",
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
            return _denied(request)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test of routes and roles
        return guarded

    return guard


def _denied(request: HtmxRequest) -> HttpResponse:
    if wants_partial(request):
        return respond_problem(request, DENIED)
    context: dict[str, Any] = {"problem": DENIED}
    return render(request, "403.html", context, status=403)
