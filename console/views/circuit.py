"""An account whose platform is out of reach: try it now."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from console.models import Account, Circuit
from console.services import circuit, probes, visibility
from console.services.roles import Permission
from console.views.guards import requires
from console.views.http import HtmxRequest, next_of, wants_partial


@requires(Permission.WRITE, action="account.probe")
@require_POST
def account_probe(request: HtmxRequest, slug: str) -> HttpResponse:
    account = get_object_or_404(visibility.accounts_of(request.user), slug=slug)
    still_open = probes.probe(account=account, actor=request.user)
    if wants_partial(request):
        # Only its banner is exchanged: what was typed into the page's form stays.
        context = {"account": account, "circuit": still_open, "tried": True}
        return render(request, "_shared/circuit.html", context)
    _tell(request, account, still_open)
    return HttpResponseRedirect(next_of(request), status=303)


def _tell(request: HtmxRequest, account: Account, still_open: Circuit | None) -> None:
    if still_open:
        messages.error(request, f"The platform of “{account.title}” is still out of reach. {circuit.why(still_open)}")
    else:
        messages.success(request, f"The platform of “{account.title}” answers.")
