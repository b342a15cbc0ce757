"""The way to the organisation's sign-in page and back."""

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console.services.sso import FAILURES, ProviderWithNonce, VerifyingAdapter


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sso_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leave for the provider on a click: an address that another site leads to shows the sign-in page. allauth's own
    view takes scopes, prompts and what the sign-in is for from the request.
    """
    provider = _provider(request, provider_id)
    next_url = get_next_redirect_url(request)
    if request.method != "POST":
        return redirect_to_login(next_url or reverse("overview"))
    try:
        return _leave(request, provider.redirect(request, process=AuthProcess.LOGIN, next_url=next_url))
    except FAILURES as error:
        return _failed(request, provider, error)


@login_not_required
@require_safe
def sso_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    provider = _provider(request, provider_id)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(VerifyingAdapter(request, provider_id))(request)
    except FAILURES as error:
        answer = _failed(request, provider, error)
    return answer


@login_not_required
@require_safe
def sso_cancelled(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/login_cancelled.html")


def _provider(request: HttpRequest, provider_id: str) -> ProviderWithNonce:
    try:
        return VerifyingAdapter(request, provider_id).get_provider()
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


def _leave(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """By a page in between: `form-action` holds for every redirect after a form, and where a provider redirects to on
    its way is not ours to know.
    """
    if not isinstance(answer, HttpResponseRedirect):
        return answer
    return render(request, "socialaccount/leave.html", {"there": answer.url})


def _failed(request: HttpRequest, provider: ProviderWithNonce, error: Exception) -> HttpResponse:
    answer: HttpResponse = render_authentication_error(request, provider, exception=error)
    return answer
