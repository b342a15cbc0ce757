"""Every string of the corpus through every field of every form: it stays text, and nothing fails.

All fields of a form get a string at once, each another one, so that as many requests as there are strings bring every
string to every field. Django's own admin forms get a part of them.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.test import Client, override_settings
from qrcode.main import QRCode

from console.models import Product
from tests import make
from tests.security.corpus import HOSTILE
from tests.security.forms import complain, find_forms, hostile_rounds, send
from tests.security.pages import Form
from tests.security.routes import ID

PARTS = 8
# Every so many answers one is a whole page, the others are the part that htmx swaps in.
WHOLE_PAGE = 16
ADMIN_STEP = 16


@pytest.fixture(autouse=True)
def _without_brakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tries are counted, Django's test environment keeps the context of every template, and a QR code looks for the
    best of eight masks: nothing of that is tested here.
    """
    monkeypatch.setattr(Template, "_render", render)
    monkeypatch.setattr(QRCode, "best_mask_pattern", lambda _code: 0)
    with override_settings(ACCOUNT_RATE_LIMITS=False, AXES_ENABLED=False):
        yield


def render(template: Template, context: Context) -> str:
    return template.nodelist.render(context)


@pytest.fixture(scope="module")
def found() -> list[Form]:
    """The forms of who has every role, which the first part finds for all."""
    return []


def test_the_corpus_is_large_enough():
    assert len(HOSTILE) >= 300
    assert len(set(HOSTILE)) == len(HOSTILE)


@pytest.mark.parametrize("part", range(PARTS))
def test_signed_in(as_everybody: Client, found: list[Form], part: int):
    if not found:
        found.extend(find_forms(as_everybody))
    assert len(found) > 25
    assert [wrong for form in found[part::PARTS] for wrong in complaints(as_everybody, form)] == []


def test_signed_out(things: None):
    client = Client()
    forms = find_forms(client)
    assert "/auth/login/" in [form.action for form in forms]
    assert [wrong for form in forms for wrong in complaints(client, form)] == []


def complaints(client: Client, form: Form) -> list[str]:
    client.raise_request_exception = False
    is_ours = not form.action.startswith("/admin/")
    found = []
    for turn, sent in enumerate(hostile_rounds(form)[:: 1 if is_ours else ADMIN_STEP]):
        headers = make.HTMX if turn % WHOLE_PAGE and is_ours else {}
        response = send(client, form.method, form.action, sent, headers=headers)
        found += [
            f"{form.method} {form.action}: {wrong}" for wrong in complain(response, sent.values(), is_ours=is_ours)
        ]
    return found


@pytest.mark.parametrize(
    ("url", "field", "valid"),
    [
        (f"/products/{ID}/modules/new/", "alias_name", {"module_name": "camera"}),
        (f"/products/{ID}/modules/new/", "desc", {"module_name": "camera"}),
        (f"/modules/{ID}/edit/", "alias_name", {"desc": "Reads codes"}),
        (f"/modules/{ID}/edit/", "desc", {"alias_name": "Scanner"}),
        (f"/products/{ID}/edit/", "description", {"product_name": "Light"}),
        (f"/drift/{ID}/ignore/", "reason", {}),
        (f"/operations/{ID}/abandon/", "reason", {}),
    ],
)
def test_alone_in_a_form_that_is_valid_otherwise(as_everybody: Client, url: str, field: str, valid: dict[str, str]):
    found = []
    for text in HOSTILE[::8]:
        sent = valid | {"form_token": str(uuid4()), field: text}
        response = send(as_everybody, "post", url, sent, follow=True)
        found += [f"{text[:40]!r}: {wrong}" for wrong in complain(response, [text])]
    assert found == []
    assert Product.objects.filter(pk=ID, product_name="Light_Living").exists()
