"""Hostile strings where no form has a field: in queries, paths, headers, cookies, file uploads and stored rows."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.models import AuditEntry, Module, Operation, Product
from tests import make
from tests.security.corpus import CALL, HOSTILE, LETTERS, LINES, LONG, PATH, SCRIPT, SQL
from tests.security.forms import complain, encode, find_forms, forms_on, quote
from tests.security.routes import ID, address, every_route

PAGES = [route for route in every_route() if not route.endswith("logout")]
LISTS = ("product-list", "module-list", "operation-list", "drift-list", "audit-list")
# Beside the fields of the forms on a page: those of lists' own links, of the sign-in and of Django's admin.
NAMES = ("cursor", "next", "o", "order", "p", "page", "_popup", "_changelist_filters")
STEP = 32


@pytest.fixture
def visitor(as_everybody: Client) -> Client:
    """Signed in with every role; a failure is an answer, and not the end of the test."""
    as_everybody.raise_request_exception = False
    return as_everybody


@pytest.mark.parametrize("route", PAGES)
def test_in_every_parameter_of_a_query(visitor: Client, route: str):
    here, is_ours = address(route), not route.startswith("admin:")
    fields = {name for form in forms_on(visitor.get(here)) for name in form.fields}
    names = sorted(fields.union(NAMES))
    found = []
    for turn in range(0, len(HOSTILE), STEP):
        sent = {name: HOSTILE[(turn + 41 * place) % len(HOSTILE)] for place, name in enumerate(names)}
        response = visitor.get(here, QUERY_STRING=encode(sent))
        found += complain(response, sent.values(), is_ours=is_ours)
    assert found == []


@pytest.mark.parametrize("route", LISTS)
def test_as_the_place_in_a_list(visitor: Client, route: str):
    found = []
    for text in HOSTILE:
        response = visitor.get(address(route), QUERY_STRING=encode({"page": text}), headers=make.HTMX)
        found += complain(response, [text])
    assert found == []


@pytest.mark.parametrize(
    "before", ["/products/", "/modules/", "/accounts/", "/audit/", "/static/", "/admin/", "/auth/", "/"]
)
def test_in_a_path(visitor: Client, before: str):
    found = []
    for text in [*PATH, *LINES, *LETTERS, *SCRIPT[::6], *LONG[:3], "9" * 30]:
        for after in ("", "/", "/edit/"):
            response = visitor.get(f"{before}{quote(text)}{after}")
            found += [f"{text[:40]!r}: {wrong}" for wrong in complain(response, [text], is_ours=before != "/admin/")]
    assert found == []


@pytest.mark.parametrize(
    "header",
    ["Host", "Referer", "Origin", "User-Agent", "Cookie", "HX-Current-URL", "HX-Target", "HX-Trigger", "HX-Request",
     "Accept", "Accept-Language", "Content-Type", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
     "X-Request-ID", "X-HTTP-Method-Override", "If-Modified-Since", "Range"],
)  # fmt: skip
def test_in_a_header(visitor: Client, header: str):
    key = header.upper().replace("-", "_")
    key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
    found = []
    for text in HOSTILE[::12]:
        # A web server hands bytes on as Latin-1.
        value = text.encode("utf-8", "surrogatepass").decode("latin-1")
        for who in (visitor, Client(raise_request_exception=False)):
            response = who.generic("GET", "/products/", **{key: value})
            found += [f"{text[:40]!r}: {wrong}" for wrong in complain(response, [text])]
    assert found == []


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "theme"])
def test_in_a_cookie(things: None, name: str):
    found = []
    for text in HOSTILE[::12]:
        client = Client(raise_request_exception=False)
        client.cookies[name] = quote(text)
        found += complain(client.get("/auth/login/"), [text])
        found += complain(client.post("/auth/login/", {"login": "pm"}), [text])
    assert found == []


def store(text: str, number: int) -> None:
    """What platforms and people may have put into the tables; no database takes a lone surrogate, or NUL everywhere."""
    product = Product.objects.get(pk=ID)
    row = make.cached_product(product.account, name=text[:64], key=f"a1{number}", description=text[:200])
    make.cached_module(row, name=f"{text[:60]}{number}", alias_name=text[:60], desc=text[:90])
    make.entry(None, target_name=text[:100], message=text, code=text[:60], request_id=text[:60])


STORED = [
    text for text in [*SCRIPT, *SQL[:8], *LINES, *LETTERS] if ("\0" not in text and text.isprintable()) or "\n" in text
]


@pytest.fixture
def full_of_it(visitor: Client) -> Client:
    for number, text in enumerate(STORED):
        store(text, number)
    Operation.objects.update(message=SCRIPT[0], code=SCRIPT[7], target_name=SCRIPT[20], state="refused")
    Module.objects.filter(pk=ID).update(alias_name=SCRIPT[7], desc=SCRIPT[0])
    Product.objects.filter(pk=ID).update(description=SCRIPT[0], product_name=SCRIPT[18])
    return visitor


@pytest.mark.parametrize("route", LISTS)
def test_on_every_page_of_a_list_of_stored_rows(full_of_it: Client, route: str):
    url, seen = address(route), 0
    while url:
        response = full_of_it.get(url)
        assert complain(response, STORED) == []
        page = response.content.decode()
        seen += page.count("&lt;")
        further = re.search(r'href="([^"]+)" rel="next"', page)
        url = unescape(further[1]) if further else ""
    assert seen


def test_on_every_page_about_a_stored_row(full_of_it: Client):
    pages = [route for route in PAGES if not route.startswith("admin:")]
    wrong = {route: complain(full_of_it.get(address(route)), STORED) for route in pages}
    assert {route: found for route, found in wrong.items() if found} == {}


def test_on_the_page_of_every_entry_of_the_trail(full_of_it: Client):
    for entry in AuditEntry.objects.order_by("id"):
        response = full_of_it.get(f"/audit/{entry.pk}/")
        assert response.status_code == 200
        assert complain(response, STORED) == []
    assert CALL in full_of_it.get(f"/audit/{entry.pk - len(LETTERS) - len(LINES) - 20}/").content.decode()


def test_a_file_in_every_field_of_every_form(visitor: Client):
    found = []
    for form in find_forms(visitor):
        if form.method == "post":
            files = {name: SimpleUploadedFile(f"../{name}\r\n.html", b"<script>\0\xff") for name in form.fields}
            found += [f"{form.action}: {wrong}" for wrong in complain(visitor.post(form.action, files), [])]
    assert found == []


BOUNDARY = "b0undary"
PART = "--b0undary\r\nContent-Disposition: form-data; name={}\r\n\r\nx\r\n"
ENCODED = b"--b0undary\r\nContent-Disposition: form-data; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.mark.parametrize(
    ("kind", "body", "statuses"),
    [
        (MULTIPART, b"", {400, 422}),
        (MULTIPART, b"--b0undary--", {422}),
        (MULTIPART, b"--b0undary\r\n" * 5000, {400, 422}),
        (MULTIPART, PART.format('"product_name"').encode() * 300, {400}),
        (MULTIPART, PART.format('"f"; filename="f"').encode() * 101, {400}),
        (MULTIPART, PART.format('"f"; filename="../../f"').encode() * 50, {422}),
        (MULTIPART, ENCODED, {400, 422}),
        (MULTIPART, b"--b0undary\r\n" + b"X: y\r\n" * 5000 + b"\r\nx", {400, 422}),
        ("multipart/form-data", b"x", {400}),
        ("multipart/form-data; boundary=" + "x" * 300, b"x", {400}),
        ("multipart/form-data; boundary=\x01", b"x", {400}),
        (MULTIPART + "; charset=no-such", PART.format('"product_name"').encode(), {400, 422}),
        ("application/x-www-form-urlencoded; charset=no-such", b"product_name=x", {400, 422}),
        ("application/x-www-form-urlencoded; charset=utf-16", b"product_name=x", {400, 422}),
        ("application/x-www-form-urlencoded", b"&".join(b"x%d=" % n for n in range(201)), {400}),
        ("application/x-www-form-urlencoded", b"%" * 5000, {422}),
        ("application/x-www-form-urlencoded", b"product_name=%ff%fe%00", {422}),
        ("application/json", b'{"product_name": "x"}', {400, 415, 422}),
        ("text/plain", b"product_name=x", {422}),
        ("", b"product_name=x", {422}),
        (MULTIPART, b"x" * 300_000, {413}),
    ],
)  # fmt: skip
def test_a_body_that_is_not_what_it_says(visitor: Client, kind: str, body: bytes, statuses: set[int]):
    before = Operation.objects.count()
    response = visitor.generic("POST", "/products/new/", body, content_type=kind)
    assert response.status_code in statuses
    assert complain(response, []) == []
    assert Operation.objects.count() == before
