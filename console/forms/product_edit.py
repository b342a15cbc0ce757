"""The forms of products that are there: taken in by their key, and edited."""

from django import forms

from console.forms.on_account import OnAccountForm
from console.forms.once import OnceForm
from console.forms.product import DESCRIPTION_ATTRS, LONGEST_NAME, LONGEST_TEXT, NAME_ATTRS


class RegisterForm(OnAccountForm):
    """A product that was made in the vendor's own console."""

    product_key = forms.CharField(
        label="ProductKey",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"}),
        help_text="As the vendor's console shows it, for example a1FlqIQ9xTz.",
    )


class ProductUpdateForm(OnceForm):
    """What UpdateProduct changes."""

    product_name = forms.CharField(label="Name", max_length=LONGEST_NAME, widget=forms.TextInput(attrs=NAME_ATTRS))
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs=DESCRIPTION_ATTRS),
        help_text="Left empty, it stays as it is on the platform.",
    )
