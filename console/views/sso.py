"""The way to the organisation's sign-in page and back."""

from urllib.parse import urlencode

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.services.sso import FAILURES, VerifyingAdapter

ONLY_NEXT = ("next",)


@login_not_required
@require_safe
def sso_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leave for the provider. allauth takes scopes, prompts and what the sign-in is for from the address: not here."""
    request.GET = QueryDict(urlencode({name: request.GET[name] for name in ONLY_NEXT if name in request.GET}))
    return _view(OAuth2LoginView, request, provider_id)


@login_not_required
@require_safe
def sso_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _view(OAuth2CallbackView, request, provider_id)


@login_not_required
@require_safe
def sso_cancelled(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/login_cancelled.html")


def _view(view: type, request: HttpRequest, provider_id: str) -> HttpResponse:
    adapter = VerifyingAdapter(request, provider_id)
    try:
        provider = adapter.get_provider()
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    try:
        answer: HttpResponse = view.adapter_view(adapter)(request)  # type: ignore[attr-defined]
    except FAILURES as error:
        answer = render_authentication_error(request, provider, exception=error)
    return answer
