"""Single sign-on: who comes from the organisation's provider has the roles of their groups there, nothing else."""

import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest

from console.models import Outcome, User
from console.services import audit, roles
from console.services.lockout import address_of, hash_of
from console.services.roles import Role

logger = logging.getLogger(__name__)

# What a provider that is away, broken or not believed raises in allauth.
FAILURES = (OAuth2Error, OSError, LookupError, TypeError, ValueError)
# As the trail names what gave or took a role.
BY = "single sign-on"
NO_ROLE = "console.no_role"


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        return bool(roles_in(_claims(sociallogin)))

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """A person is known by the provider's own id: an e-mail address opens nobody's user."""
        sociallogin.email_addresses = []
        given = roles_in(_claims(sociallogin))
        if sociallogin.is_existing:
            follow_roles(sociallogin.user, given)
        elif not given:
            _tell_refused(request, sociallogin)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: BaseForm | None = None) -> User:
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            follow_roles(user, roles_in(_claims(sociallogin)))
        return user

    def serialize_instance(self, instance: Model) -> dict[str, Any]:
        """allauth keeps all that lies on a person while a second factor is asked for: groups are looked up anew."""
        vars(instance).pop("group_names", None)
        kept: dict[str, Any] = super().serialize_instance(instance)
        return kept

    def on_authentication_error(
        self,
        request: HttpRequest,  # noqa: ARG002  allauth's signature
        provider: Any,  # noqa: ARG002
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> None:
        """Kinds only: what a provider answers may hold a token."""
        kinds = [type(each).__name__ for each in (exception, exception and exception.__cause__) if each]
        logger.warning("single sign-on failed: %s", ", ".join(kinds) or error or "unknown")


class ProviderWithNonce(OpenIDConnectProvider):  # type: ignore[misc]
    """allauth's, but it asks for an id_token that answers this very request."""

    def get_pkce_params(self) -> dict[str, str]:
        params: dict[str, str] = super().get_pkce_params()
        return params | {"nonce": nonce_of(params["code_verifier"])}


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """allauth's, but it checks the signature of an id_token however it came, its nonce, and whom the user info is
    about.
    """

    def get_provider(self) -> ProviderWithNonce:
        return ProviderWithNonce(self.request, app=super().get_provider().app)

    def get_access_token_data(self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str) -> Any:
        self._nonce = nonce_of(pkce_code_verifier)
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        claims = self._decode_id_token(app, kwargs["response"].get("id_token") or "")
        if not hmac.compare_digest(str(claims.get("nonce")).encode(), self._nonce.encode()):
            raise OAuth2Error("The id_token answers another request.")
        info = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
        if info and info.get("sub") != claims.get("sub"):
            raise OAuth2Error("The user info is about somebody else.")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": claims | info, "id_token": claims})

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


def nonce_of(code_verifier: str) -> str:
    """The nonce of a request (OpenID Connect Core 3.1.2.1): a hash of its PKCE verifier, which the sealed session keeps
    with the request's state, so that nothing else has to be kept.
    """
    return hashlib.sha256(b"nonce:" + code_verifier.encode()).hexdigest()


def title() -> str:
    """What the provider is called on the sign-in page; empty without one."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return apps[0]["name"] if apps else ""


def roles_in(claims: Mapping[str, Any]) -> frozenset[Role]:
    """The roles of the groups that the provider names."""
    groups = claims.get(settings.OIDC_GROUPS_CLAIM) or []
    listed = groups if isinstance(groups, list) else [groups]
    named = {group for group in listed if isinstance(group, str)}
    return frozenset(Role(role) for group, role in settings.OIDC_ROLE_MAP.items() if group in named)


def follow_roles(user: User, given: frozenset[Role]) -> None:
    """Give the roles that the provider gives, take away those that it could give and does not. Others stay."""
    mapped = {Role(role) for role in settings.OIDC_ROLE_MAP.values()}
    held = roles.roles_of(user)
    with transaction.atomic():
        for role in sorted(given - held):
            roles.grant(user, role, by=BY)
        for role in sorted((mapped & held) - given):
            roles.revoke(user, role, by=BY)


def _tell_refused(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Tell the trail of somebody whom no group lets in, by the hash of the provider's id."""
    told = {"typed": hash_of(sociallogin.account.uid), "address": address_of(request) or ""}
    with transaction.atomic():
        audit.append(
            audit.Event(action="session.start", outcome=Outcome.REFUSED, actor=None, code=NO_ROLE, parameters=told)
        )


def _claims(sociallogin: SocialLogin) -> Mapping[str, Any]:
    claims: Mapping[str, Any] = sociallogin.account.extra_data.get("userinfo", {})
    return claims
