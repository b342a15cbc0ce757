"""Forms for OTA modules: types only, the rules are the service's."""

from collections.abc import Mapping
from typing import Any

from django import forms

from console.forms.once import OnceForm
from console.models import Module
from console.platforms.rules.module import MAX_DESC, MAX_NAME
from console.platforms.types import ModuleSpec

# Wide enough for the message of the rule, narrow enough for the columns of the trail.
LONGEST_NAME, LONGEST_ALIAS, LONGEST_DESC = 128, 256, 400


def _spec(product_key: str, typed: Mapping[str, str]) -> ModuleSpec:
    """What the texts ask for: an empty one is not sent."""
    return ModuleSpec(
        product_key=product_key,
        module_name=typed["module_name"],
        alias_name=typed["alias_name"] or None,
        desc=typed["desc"] or None,
    )


def _counted(most: int, **attrs: str) -> dict[str, str]:
    return {"data-count": str(most), "autocomplete": "off", **attrs}


class ModuleTextForm(OnceForm):
    """What of a module can be changed later."""

    alias_name = forms.CharField(
        label="Alias",
        required=False,
        max_length=LONGEST_ALIAS,
        widget=forms.TextInput(attrs=_counted(MAX_NAME)),
        help_text="What people read. Letters, digits, Chinese characters, “.”, “_” and “-”.",
    )
    desc = forms.CharField(
        label="Description",
        required=False,
        max_length=LONGEST_DESC,
        widget=forms.TextInput(attrs=_counted(MAX_DESC)),
    )


class NewModuleForm(ModuleTextForm):
    module_name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs=_counted(MAX_NAME, spellcheck="false", autocapitalize="off")),
        help_text="What devices report their version under. Letters a to z, digits, “.”, “_” and “-”; it is for good.",
    )
    field_order = ("form_token", "module_name", "alias_name", "desc")

    def spec(self, product_key: str) -> ModuleSpec:
        return _spec(product_key, self.cleaned_data)


class ModuleCheckForm(forms.Form):
    """What has been typed so far, however much that is."""

    module_name = forms.CharField(required=False, max_length=LONGEST_NAME)
    alias_name = forms.CharField(required=False, max_length=LONGEST_ALIAS)
    desc = forms.CharField(required=False, max_length=LONGEST_DESC)

    def spec(self, product_key: str) -> ModuleSpec:
        """What would be sent; a text that cannot be read counts as empty."""
        self.is_valid()
        return _spec(product_key, {name: self.cleaned_data.get(name, "") for name in self.fields})


class DeleteModuleForm(OnceForm):
    """The confirmation; in a protected account the module's name is typed."""

    typed_name = forms.CharField(
        label="Type the module's name to confirm",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        error_messages={"required": "Type the module's name to confirm."},
    )

    def __init__(self, module: Module, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.module = module
        if not module.product.account.is_protected:
            del self.fields["typed_name"]

    def clean_typed_name(self) -> str:
        typed: str = self.cleaned_data["typed_name"]
        if typed != self.module.module_name:
            raise forms.ValidationError("That is not the module's name. Upper and lower case count here.")
        return typed
