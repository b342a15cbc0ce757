"""A person's own sessions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.services import sessions
from console.views.http import HtmxRequest


@require_safe
def session_list(request: HtmxRequest) -> HttpResponse:
    found = sessions.find_sessions(request.user, session_key=request.session.session_key)
    return render(request, "sessions/list.html", {"sessions": found})


@require_POST
def session_end(request: HtmxRequest, session_id: str) -> HttpResponse:
    if sessions.end(pk=session_id, actor=request.user):
        messages.success(request, "That session is signed out.")
    else:
        messages.info(request, "That session was over already. Nothing was changed.")
    return redirect("session-list")


@require_POST
def session_end_all(request: HtmxRequest) -> HttpResponse:
    sessions.end_all(actor=request.user)
    request.session.flush()
    return redirect("account_login")
