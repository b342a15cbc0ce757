from django import forms
from django.template.loader import render_to_string

from console.templatetags import fields


class LampForm(forms.Form):
    product_name = forms.CharField(
        help_text="4 to 30.",
        widget=forms.TextInput(attrs={"data-count": 30, "data-count-least": 4, "data-count-wide": True}),
    )
    description = forms.CharField(required=False)
    node_type = forms.ChoiceField(choices=[("0", "Device"), ("1", "Gateway")], widget=forms.RadioSelect)

    def __init__(self, data: dict[str, str] | None = None) -> None:
        super().__init__(data)
        self.fields["node_type"].explanations = {"1": "Carries sub-devices"}


def test_count_as_the_platform_counts() -> None:
    counted = fields.count(LampForm({"product_name": "灯ab"})["product_name"])
    assert counted == fields.Count(now=4, least=4, most=30)
    assert counted.limits == "4–30"
    assert not counted.over


def test_count_over_the_limit() -> None:
    counted = fields.count(LampForm({"product_name": "灯" * 16})["product_name"])
    assert counted is not None
    assert counted.over


def test_count_only_where_asked() -> None:
    assert fields.count(LampForm()["description"]) is None


def test_field_is_described_by_every_text_beside_it() -> None:
    html = render_to_string(
        "_shared/field.html",
        {"field": LampForm({"product_name": ""})["product_name"], "warning": "The platform decides."},
    )
    described = "id_product_name_helptext id_product_name_warning id_product_name_count id_product_name_error"
    assert f'aria-describedby="{described}"' in html
    for text_id in described.split():
        assert html.count(f'id="{text_id}"') == 1


def test_field_without_texts_is_not_described() -> None:
    html = render_to_string("_shared/field.html", {"field": LampForm()["description"]})
    assert "aria-describedby" not in html
    assert "optional" in html


def test_filter_shows_its_label_inside() -> None:
    assert 'placeholder="Description"' in fields.filter_control(LampForm()["description"])


def test_choice_cards_explain_each_choice() -> None:
    html = render_to_string("_shared/choice_cards.html", {"field": LampForm({"node_type": "1"})["node_type"]})
    assert "<small>Carries sub-devices</small>" in html
    assert html.count("<small>") == 1
    assert html.count(" checked") == 1


def test_problem_fragment_answers_three_questions() -> None:
    problem = {
        "title": "Refused.",
        "changed": "Nothing was changed.",
        "next": "Choose another name.",
        "code": "iot.X",
    }
    html = render_to_string("_shared/problem.html", {"problem": problem})
    for text in problem.values():
        assert text in html
