"""What every answer says of itself: pages, parts, error pages, Django's admin and static files alike."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from console import urls
from tests import make
from tests.security.routes import address, every_route

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOTHING = ("default-src", "base-uri", "frame-ancestors")


def check(response: HttpResponse) -> None:
    assert {name: response[name] for name in ALWAYS} == ALWAYS
    directives = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert all(directives[name] == "'none'" for name in NOTHING)
    assert set(directives.values()) <= {"'none'", "'self'"}
    assert directives.keys() >= {"script-src", "style-src", "form-action"}
    features = dict(part.strip().split("=") for part in response["Permissions-Policy"].split(","))
    assert features.keys() >= {"camera", "microphone", "geolocation", "payment", "usb"}
    assert set(features.values()) <= {"()", "(self)"}
    assert "Access-Control-Allow-Origin" not in response


def check_private(response: HttpResponse) -> None:
    check(response)
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("headers", [{}, make.HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("route", every_route())
def test_every_route_signed_in_and_out(as_everybody: Client, route: str, headers: dict[str, str]):
    check_private(Client().get(address(route), headers=headers))
    check_private(as_everybody.get(address(route), headers=headers))


@pytest.mark.parametrize("route", every_route())
def test_every_deed(as_everybody: Client, route: str):
    check_private(as_everybody.post(address(route)))


def fail(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError


class WithFailure:
    urlpatterns = (*urls.urlpatterns, path("fail/", fail))
    handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404


def test_a_failure_of_the_console(as_everybody: Client):
    as_everybody.raise_request_exception = False
    with override_settings(ROOT_URLCONF=WithFailure):
        response = as_everybody.get("/fail/")
    assert response.status_code == 500
    check_private(response)


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (400, lambda client: client.get("/products/", headers={"Host": "elsewhere.example"})),
        (403, lambda _client: Client(enforce_csrf_checks=True).post("/auth/login/")),
        (404, lambda client: client.get("/nowhere/")),
        (405, lambda client: client.delete("/products/")),
        (413, lambda client: client.post("/products/new/", {"product_name": "x" * 300_000})),
    ],
)
def test_every_error_page(as_everybody: Client, status: int, ask):
    response = ask(as_everybody)
    assert response.status_code == status
    check_private(response)


@pytest.mark.parametrize("name", ["console.css", "console.js", "icons.svg", "no-such-file.css"])
def test_static_files(db: None, name: str):
    with override_settings(WHITENOISE_AUTOREFRESH=True, WHITENOISE_USE_FINDERS=True):
        response = Client().get(f"/static/{name}")
    response.close()
    assert response.status_code == (200 if name != "no-such-file.css" else 404)
    check(response)
