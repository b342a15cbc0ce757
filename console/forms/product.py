"""The form of a new product: types only, the rules are the service's."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from console.forms import product_choices as choices
from console.forms.on_account import OnAccountForm
from console.models import Account
from console.platforms.rules import applicable_product_fields
from console.platforms.types import Platform, ProductSpec

NAME_ATTRS = {
    "data-count": "30",
    "data-count-least": "4",
    "data-count-wide": "",
    "autocomplete": "off",
    "spellcheck": "false",
}
DESCRIPTION_ATTRS = {"data-count": "100", "autocomplete": "off"}
# What is typed or chosen stays as it is when the fields around it are exchanged.
KEPT_ATTRS = {"hx-preserve": "true"}
KEPT_TEXT_ATTRS = {**KEPT_ATTRS, "autocomplete": "off"}
# Wide enough for the message of the rule, narrow enough for the columns of the trail.
LONGEST_NAME, LONGEST_TEXT = 128, 400
DEFAULTS = {
    "node_type": "0",
    "net_type": "WIFI",
    "aliyun_commodity_code": "iothub_senior",
    "data_format": "1",
}


class ExplainedChoiceField(forms.ChoiceField):
    """Radio cards, each choice with a sentence of its own. One is always chosen on the page; with `may_lack` a
    request without it is taken too, and the platform decides.
    """

    def __init__(self, *, explanations: Mapping[str, str], may_lack: bool = True, **options: Any) -> None:
        super().__init__(widget=forms.RadioSelect(attrs=KEPT_ATTRS if may_lack else {}), **options)
        self.explanations = explanations
        self.may_lack = may_lack

    def validate(self, value: Any) -> None:
        if value or not self.may_lack:
            super().validate(value)


def _text(label: str, *, required: bool = False, max_length: int = LONGEST_NAME, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=max_length, **options)


def _select(label: str, listed: choices.Choices, *, first: choices.Choices) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=(*first, *listed),
        widget=forms.Select(attrs=KEPT_ATTRS),
    )


class ProductForm(OnAccountForm):
    """The parameters of CreateProduct. Those that do not apply to what was chosen are not fields of the form."""

    product_name = _text("Name", required=True, widget=forms.TextInput(attrs=NAME_ATTRS))
    node_type = ExplainedChoiceField(
        label="What is it?", choices=choices.NODE_TYPES, explanations=choices.NODE_TYPE_NOTES, may_lack=False
    )
    protocol_type = _select(
        "Is it behind a gateway?",
        tuple(
            (value, f"Yes, over {label.replace('A protocol', 'a protocol')}") for value, label in choices.PROTOCOL_TYPES
        ),
        first=choices.DIRECT,
    )
    net_type = ExplainedChoiceField(
        label="How does it connect?",
        choices=choices.NET_TYPES,
        explanations={value: f"NetType {value}" for value, _ in choices.NET_TYPES},
    )
    join_permission_id = _text(
        "Network access credential",
        widget=forms.TextInput(attrs=KEPT_TEXT_ATTRS),
        help_text="JoinPermissionId, from the LoRaWAN settings.",
    )
    aliyun_commodity_code = ExplainedChoiceField(
        label="Edition",
        choices=choices.COMMODITY_CODES,
        explanations=choices.COMMODITY_CODE_NOTES,
    )
    data_format = ExplainedChoiceField(
        label="Data format",
        choices=choices.DATA_FORMATS,
        explanations=choices.DATA_FORMAT_NOTES,
    )
    description = _text("Description", max_length=LONGEST_TEXT, widget=forms.TextInput(attrs=DESCRIPTION_ATTRS))
    category_key = _text(
        "Category",
        widget=forms.TextInput(attrs={"list": "categories", **KEPT_TEXT_ATTRS}),
        help_text="CategoryKey of a thing model template; empty for a model of your own.",
    )
    auth_type = _select("Authentication", choices.AUTH_TYPES, first=choices.LEFT_OPEN)
    id2 = _select("Internet Device ID", choices.YES_NO, first=choices.LEFT_OPEN)
    publish_auto = _select("Publish the thing model at once", choices.YES_NO, first=choices.LEFT_OPEN)
    validate_type = _select("Check of what devices send", choices.VALIDATE_TYPES, first=choices.LEFT_OPEN)
    resource_group_id = _text(
        "Resource group",
        widget=forms.TextInput(attrs=KEPT_TEXT_ATTRS),
        help_text="ResourceGroupId, when the account uses them.",
    )

    def __init__(self, data: Mapping[str, Any], *, accounts: Sequence[Account], **options: Any) -> None:
        super().__init__(data, accounts=accounts, **options)
        applicable = self._applicable() | {"account", "form_token"}
        for name in self.fields.keys() - applicable:
            del self.fields[name]

    def _applicable(self) -> frozenset[str]:
        chosen = {
            name: str(self[name].value() or "")
            for name in ("net_type", "protocol_type", "aliyun_commodity_code", "auth_type")
        }
        node_type = str(self["node_type"].value())
        return applicable_product_fields(
            Platform(self.chosen_account.platform),
            node_type=int(node_type) if node_type in {"0", "1"} else None,
            region=self.chosen_account.region,
            **chosen,
        )

    @property
    def has_more(self) -> bool:
        """Whether something stands in the fields that are folded away, or is wrong with them."""
        return any(name in self.fields and (self[name].value() or name in self.errors) for name in _FOLDED_AWAY)

    def forgive(self) -> None:
        """Take what is there so far: somebody is still filling the form in."""
        self.full_clean()
        self.errors.clear()

    @property
    def spec(self) -> ProductSpec:
        """The product that is asked for, of the fields that could be read."""
        given = self.cleaned_data
        return ProductSpec(
            product_name=given.get("product_name", ""),
            node_type=int(given.get("node_type") or 0),
            data_format=_number(given.get("data_format")),
            validate_type=_number(given.get("validate_type")),
            id2=_flag(given.get("id2")),
            publish_auto=_flag(given.get("publish_auto")),
            **{name: given.get(name, "") for name in _TEXTS},
        )


_FOLDED_AWAY = ("category_key", "auth_type", "id2", "publish_auto", "validate_type", "resource_group_id")
_TEXTS = (
    "description",
    "aliyun_commodity_code",
    "protocol_type",
    "net_type",
    "join_permission_id",
    "resource_group_id",
    "auth_type",
    "category_key",
)


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _flag(text: str | None) -> bool | None:
    return text == "true" if text else None
