"""The ProductSecret: shown to administrators, on the answer to their form and nowhere else."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.forms.secret import RevealForm
from console.services import secrets, visibility
from console.services.errors import ConsoleError
from console.services.problems import Problem
from console.services.roles import Permission
from console.views.guards import requires
from console.views.http import FORM_METHODS, HtmxRequest, posted, respond
from console.views.reauthentication import ask_again, is_fresh
from console.views.writes import Place, answer_error

REVEAL: Place = {"template": "secrets/reveal.html", "partial": "reveal"}
USED_FORMS = "used_reveal_forms"
MOST_REMEMBERED = 50
SHOWN_FOR_S = 30

SHOWN_BEFORE = Problem(
    title="This form has shown the secret already.",
    changed="Nothing was shown this time, and nothing was sent to a platform.",
    next="Send the form once more to see it again: that is another entry in the audit trail.",
)


@requires(Permission.REVEAL_SECRET, action="product.reveal", tells_visits=True)
@require_http_methods(FORM_METHODS)
def product_reveal(request: HtmxRequest, product_id: UUID) -> HttpResponse:
    product = get_object_or_404(visibility.products_of(request.user).select_related("account"), pk=product_id)
    if not is_fresh(request):
        return ask_again(request, back_to=reverse("product-reveal", args=[product.pk]))
    form = RevealForm(posted(request))
    context = {"form": form, "product": product, "shown_for_s": SHOWN_FOR_S}
    if not form.is_valid():
        return respond(request, **REVEAL, context=context, status=422 if form.is_bound else 200)
    if _is_used(request, str(form.cleaned_data["form_token"])):
        form.renew_token()
        return respond(request, **REVEAL, context=context | {"problem": SHOWN_BEFORE}, status=SHOWN_BEFORE.status)
    try:
        secret = secrets.reveal(product=product, reason=form.cleaned_data["reason"], actor=request.user)
    except ConsoleError as error:
        form.renew_token()
        return answer_error(request, error, form=form, **REVEAL, context=context)
    return respond(request, **REVEAL, context=context | {"secret": secret})


def _is_used(request: HtmxRequest, token: str) -> bool:
    """Whether this form was sent before in this session; from now on it was."""
    used: list[str] = request.session.get(USED_FORMS, [])
    request.session[USED_FORMS] = [*used, token][-MOST_REMEMBERED:]
    return token in used
