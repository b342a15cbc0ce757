"""The forms that ask for a code of an app, or a recovery code: each counts once."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm

from console.services import second_factor


class _Once(BaseAuthenticateForm):  # type: ignore[misc]  # allauth is not typed
    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not second_factor.use_up(self.authenticator, code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    """Asked for after the password."""


class CodeAgainForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    """Asked for again before something that matters."""
