"""Every form of the console, found on its pages, and how hostile strings are sent through it."""

from collections.abc import Iterable
from urllib.parse import quote_from_bytes, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

from tests.security.corpus import HOSTILE
from tests.security.pages import Form, Page
from tests.security.routes import address, every_route

HERE = "http://testserver/auth/login/"
FORM_TYPE = "application/x-www-form-urlencoded"
# Signing out would end the walk; the token of the form is Django's own affair.
NOT_SENT = ("/auth/logout/", "/admin/logout/", "/auth/sessions/")
STEP = 16
UNTOUCHED = frozenset({"csrfmiddlewaretoken"})
# What a platform that cannot be reached, or an open circuit, is answered with: never a plain 500.
IN_WORDS = frozenset({502, 503})


def find_forms(client: Client) -> list[Form]:
    """Every form on every page, and the deeds without a page; one with all its fields of each method and address."""
    found: dict[tuple[str, str], Form] = {}
    for route in every_route():
        here = address(route)
        if here.startswith(NOT_SENT):
            continue
        response = client.get(here)
        shown = forms_on(response) if response.status_code != 405 else [Form(here, "post", {"next": ""})]
        for form in shown:
            url = urlsplit(form.action).path or here
            known = found.setdefault((form.method, url), Form(url, form.method))
            known.fields |= form.fields
            known.texts |= form.texts
    return [form for (_method, url), form in sorted(found.items()) if not url.startswith(NOT_SENT)]


def forms_on(response: HttpResponse) -> list[Form]:
    """The forms on a page; none on what is no page."""
    is_page = response.status_code == 200 and "html" in response["Content-Type"] and not response.streaming
    return Page(response.content.decode(), is_ours=False).forms if is_page else []


def hostile_rounds(form: Form) -> list[dict[str, str]]:
    """In each round every field has another string; a form with a field to type into gets all of them everywhere,
    one that is all hidden fields and choices a part.
    """
    fields = sorted(form.fields.keys() - UNTOUCHED)
    corpus = HOSTILE if form.texts else HOSTILE[::STEP]
    turns = range(len(corpus)) if fields else range(1)
    return [{name: corpus[(turn + 41 * place) % len(corpus)] for place, name in enumerate(fields)} for turn in turns]


def encode(fields: dict[str, str] | Iterable[tuple[str, str]]) -> str:
    """As a hand-made client would send it: lone surrogates, NUL and all."""
    pairs = fields.items() if isinstance(fields, dict) else fields
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)


def quote(text: str) -> str:
    """Percent-encoded, lone surrogates as the three bytes that a careless program makes of them."""
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def send(client: Client, method: str, url: str, fields: dict[str, str], **options: object) -> HttpResponse:
    if method == "get":
        return client.get(url, QUERY_STRING=encode(fields), **options)
    return client.post(url, encode(fields), content_type=FORM_TYPE, **options)


def complain(response: HttpResponse, sent: Iterable[str], *, is_ours: bool = True) -> list[str]:
    """What is wrong with an answer to the strings: nothing, if they stayed text."""
    wrong = [f"status {response.status_code}"] if _is_failure(response) else []
    wrong += [f"header {name}: {value!r}" for name, value in response.headers.items() if _is_split(value)]
    wrong += [
        f"leads to {response[name]!r}"
        for name in ("Location", "HX-Redirect", "HX-Location")
        if leads_away(response, name)
    ]
    if "html" in response.get("Content-Type", "") and not response.streaming:
        body = response.content.decode()
        wrong += Page(body, is_ours=is_ours).problems
        wrong += [f"unescaped {text[:80]!r}" for text in sent if _is_telling(text) and text in body]
    return wrong


def _is_failure(response: HttpResponse) -> bool:
    return response.status_code >= 500 and response.status_code not in IN_WORDS


def _is_split(value: str) -> bool:
    return any(letter in value for letter in "\r\n\0")


def leads_away(response: HttpResponse, name: str) -> bool:
    """Whether the header names another site, read as browsers do: a backslash is a slash to them."""
    target = urlsplit(urljoin(HERE, response.headers.get(name, "/").replace("\\", "/")))
    return (target.scheme, target.netloc) != ("http", "testserver")


def _is_telling(text: str) -> bool:
    """Whether the string could not stand on a page as it is: short pieces of markup do."""
    return len(text) > 5 and text != '<a href="' and any(letter in text for letter in "<>\"'")
