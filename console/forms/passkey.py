"""The forms of passkeys: in the words of the other pages, and closed to answers that no passkey gives."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django import forms

# What fido2 raises beside the errors that allauth expects, when what was sent is no answer of a passkey.
RUBBISH = (AssertionError, AttributeError, LookupError, TypeError, ValueError)


class AnswerField(forms.JSONField):
    """What a passkey answers to a challenge, however deep. It is not shown again: the challenge is over then."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def bound_data(self, data: Any, initial: Any) -> Any:  # noqa: ARG002  Django's signature
        return initial


class _Answered(forms.Form):
    credential = AnswerField(widget=forms.HiddenInput)


class PasskeyForm(_Answered, AddWebAuthnForm):  # type: ignore[misc]  # allauth is not typed
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = "Sign in with it alone, without the password"
        alone.help_text = "The device then asks for a fingerprint, a face or its PIN each time."

    def clean(self) -> dict[str, Any] | None:
        try:
            return super().clean()
        except RUBBISH as error:
            raise get_adapter().validation_error("incorrect_code") from error


class _Asked(_Answered):
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]  # of allauth's form beside it
        except RUBBISH as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SecondFactorForm(_Asked, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Asked for after the password."""


class AgainForm(_Asked, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Asked for again before something that matters."""


class AloneForm(_Asked, LoginWebAuthnForm):  # type: ignore[misc]
    """Asked for instead of the password."""

    def clean_credential(self) -> Authenticator:
        """Here the device has to have asked who holds it. allauth leaves that to the challenge, but one that was made
        for a second factor, which does not ask, stays in the session when that sign-in runs out.
        """
        answer = self.cleaned_data["credential"]
        passkey = super().clean_credential()
        if not parse_authentication_response(answer).response.authenticator_data.is_user_verified():
            raise get_adapter().validation_error("incorrect_code")
        return passkey
