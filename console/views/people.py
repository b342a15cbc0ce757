"""What administrators do to people: take a name from everything that is stored, sign somebody out everywhere."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.models import User
from console.services import sessions
from console.services.errors import ConsoleError
from console.services.pseudonyms import is_pseudonymised, pseudonym_of, pseudonymise
from console.services.roles import Permission
from console.views.guards import requires
from console.views.http import FORM_METHODS, HtmxRequest, leave, posted, respond
from console.views.writes import Place

PAGE: Place = {"template": "people/pseudonymise.html", "partial": "pseudonymise"}


@requires(Permission.MANAGE_USERS, action="user.pseudonymise")
@require_http_methods(FORM_METHODS)
def user_pseudonymise(request: HtmxRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    context = {"person": person, "pseudonym": pseudonym_of(person), "is_done": is_pseudonymised(person)}
    if posted(request) is None or context["is_done"]:
        return respond(request, **PAGE, context=context)
    try:
        pseudonymise(person, actor=request.user)
    except ConsoleError as error:
        return respond(request, **PAGE, context={**context, "problem": error.problem}, status=error.problem.status)
    messages.success(request, f"This is {person} from now on. The audit trail keeps its bytes.")
    return leave(request, reverse("user-history", args=[person.pk]))


@requires(Permission.MANAGE_USERS, action="user.sign_out")
@require_http_methods(FORM_METHODS)
def user_sign_out(request: HtmxRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    if person == request.user:
        return redirect("session-list")
    if posted(request) is None:
        context = {"person": person, "open": sessions.count_open(person)}
        return render(request, "people/sign_out.html", context)
    sessions.end_of(person, actor=request.user)
    messages.success(request, f"{person} is signed out everywhere.")
    return leave(request, reverse("user-history", args=[person.pk]))
