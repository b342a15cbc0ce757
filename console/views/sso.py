"""The way to the organisation's sign-in page and back."""

from urllib.parse import urlencode

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from console.services.sso import VerifyingAdapter

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


def _view(view: type, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(VerifyingAdapter(request, provider_id))(request)  # type: ignore[attr-defined]
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return answer
