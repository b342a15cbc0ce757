"""Sign-in: people are entered by an administrator or come by single sign-on, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own limit goes by the name alone, so that anybody could lock anybody out: ours is lockout.py."""
