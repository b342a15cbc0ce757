"""The forms of passkeys: in the words of the other pages, and closed to answers that no passkey gives."""

from collections.abc import Iterator
from contextlib import contextmanager
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
RUBBISH = (AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@contextmanager
def refusing_rubbish() -> Iterator[None]:
    """Answer it like a passkey that is not known, not with an error of the console."""
    try:
        yield
    except RUBBISH as error:
        raise get_adapter().validation_error("incorrect_code") from error


class AnswerField(forms.JSONField):
    """What a passkey answers to a challenge, however deep. It is not shown again: the challenge is over then."""

    def to_python(self, value: Any) -> Any:
        with refusing_rubbish():
            return super().to_python(value)

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
        with refusing_rubbish():
            return super().clean()


class _Asked(_Answered):
    def clean_credential(self) -> Authenticator:
        with refusing_rubbish():
            return super().clean_credential()  # type: ignore[misc]  # of allauth's form beside it


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
