"""The ProductSecret: shown to administrators, on the answer to their form and nowhere else."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.forms.secret import RevealForm
from console.services import secrets, visibility
from console.services.errors import ConsoleError
from console.services.roles import Permission
from console.views.guards import requires
from console.views.http import FORM_METHODS, HtmxRequest, posted, respond
from console.views.reauthentication import ask_again, is_fresh
from console.views.writes import Place, answer_error

REVEAL: Place = {"template": "secrets/reveal.html", "partial": "reveal"}
SHOWN_FOR_S = 30


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
    try:
        secret = secrets.reveal(
            product=product,
            reason=form.cleaned_data["reason"],
            form_token=form.cleaned_data["form_token"],
            actor=request.user,
        )
    except ConsoleError as error:
        form.renew_token()
        return answer_error(request, error, form=form, **REVEAL, context=context)
    return respond(request, **REVEAL, context=context | {"secret": secret})
