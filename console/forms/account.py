"""What an administrator enters of an account; the secret goes in and never comes back out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.auth.models import Group

from console.models import Account
from console.platforms.endpoints import check_endpoint, check_reach
from console.platforms.types import Connection, Credentials, Platform, SignatureScheme
from console.services.accounts import AccountEntry, get_reach

METHODS = (("", "As the platform documents it"), ("GET", "GET"), ("POST", "POST"))
KEPT = "Stored and sealed. Leave it empty to keep it."


class AccountForm(forms.Form):
    """`account` is the one to edit: its slug and platform are fixed, its secret is kept when none is entered."""

    slug = forms.SlugField(
        max_length=40, label="Name", help_text="Stands in addresses and in the audit trail. It cannot be changed later."
    )
    title = forms.CharField(max_length=80, help_text="What people see beside it.")
    platform = forms.ChoiceField(choices=Account.Platform)
    endpoint = forms.CharField(
        max_length=200, help_text="Such as https://iot.cn-shanghai.aliyuncs.com or https://name.tuyacloud.com:8686"
    )
    region = forms.CharField(max_length=40, required=False, help_text="Alibaba: the region's id, such as cn-shanghai.")
    iot_instance_id = forms.CharField(
        max_length=64, required=False, label="IotInstanceId", help_text="Alibaba: empty for the public instance."
    )
    signature_scheme = forms.ChoiceField(
        choices=Account.SignatureScheme, label="Signature", help_text="Tuya documents RPC v1 only."
    )
    http_method = forms.ChoiceField(
        choices=METHODS, required=False, label="HTTP method", help_text="For Tuya only: Alibaba fixes it per operation."
    )
    access_key_id = forms.CharField(max_length=128, label="AccessKey ID")
    access_key_secret = forms.CharField(
        max_length=256,
        label="AccessKey Secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Sealed before it is stored and never shown again.",
    )
    is_protected = forms.BooleanField(
        required=False, label="Protected", help_text="A production account: it is marked wherever it stands."
    )
    visible_to = forms.ModelMultipleChoiceField(
        queryset=Group.objects.order_by("name"),
        to_field_name="name",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Who is in one of these groups sees it and all that is in it, and so do administrators, nobody else. "
        "With none chosen, everybody does.",
    )

    def __init__(self, data: Any = None, *, account: Account | None = None) -> None:
        super().__init__(data, initial=_shown(account) if account else None)
        if account:
            self.fields["slug"].disabled = self.fields["platform"].disabled = True
            self.fields["access_key_secret"].required = False
            self.fields["access_key_secret"].help_text = KEPT

    def clean_endpoint(self) -> str:
        endpoint: str = self.cleaned_data["endpoint"].removesuffix("/")
        with _in_words():
            check_endpoint(endpoint)
            check_reach(endpoint, get_reach())
        return endpoint

    def clean_access_key_id(self) -> str:
        key_id: str = self.cleaned_data["access_key_id"]
        with _in_words():
            Credentials(access_key_id=key_id, access_key_secret="any")  # noqa: S106
        return key_id

    def clean_access_key_secret(self) -> str:
        secret: str = self.cleaned_data["access_key_secret"]
        if secret:
            with _in_words():
                Credentials(access_key_id="any", access_key_secret=secret)
        return secret

    def clean_visible_to(self) -> tuple[Group, ...]:
        return tuple(self.cleaned_data["visible_to"])

    def clean(self) -> dict[str, Any]:
        entered = self.cleaned_data
        if {"platform", "endpoint", "signature_scheme", "http_method"} <= entered.keys():
            self._check("signature_scheme", scheme=SignatureScheme(entered["signature_scheme"]))
            self._check("http_method", http_method=entered["http_method"])
        return entered

    def _check(self, field: str, **chosen: Any) -> None:
        """A combination that the client would not take is an error of the field, in the client's words."""
        entered = self.cleaned_data
        try:
            Connection(platform=Platform(entered["platform"]), endpoint=entered["endpoint"], **chosen)
        except ValueError as error:
            self.add_error(field, str(error))

    def entry(self) -> AccountEntry:
        """What was entered, once it is valid."""
        return AccountEntry(**self.cleaned_data)


@contextmanager
def _in_words() -> Iterator[None]:
    """Let what the client says of a value be the error of its field."""
    try:
        yield
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


def _shown(account: Account) -> dict[str, Any]:
    plain = AccountForm.base_fields.keys() - {"access_key_secret", "visible_to"}
    return {name: getattr(account, name) for name in plain} | {"visible_to": account.visible_to.all()}
