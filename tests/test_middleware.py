import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from console.middleware import BodyLimitMiddleware, HugeNumberMiddleware


def test_whoever_is_signed_out_is_sent_to_sign_in_and_back(db: None, client: Client):
    answer = client.get("/products/?order=name")
    assert (answer.status_code, answer.url) == (302, "/auth/login/?next=/products/%3Forder%3Dname")


def test_htmx_takes_the_whole_browser_to_sign_in_and_back_to_its_page(db: None, client: Client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/products/?order=name"}
    answer = client.get("/modules/", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/auth/login/?next=%2Fproducts%2F%3Forder%3Dname"


def test_htmx_on_a_page_of_another_site_comes_back_to_the_first_page(db: None, client: Client):
    headers = {"HX-Request": "true", "HX-Current-URL": "https://example.com/products/"}
    assert client.get("/modules/", headers=headers).headers["HX-Redirect"] == "/auth/login/?next=%2F"


@pytest.mark.parametrize("address", ["http://[", "//", "javascript:alert(1)", "nonsense"])
def test_htmx_on_a_page_that_is_none_comes_back_to_the_first_page(db: None, client: Client, address: str):
    headers = {"HX-Request": "true", "HX-Current-URL": address}
    assert client.get("/modules/", headers=headers).headers["HX-Redirect"] == "/auth/login/?next=%2F"


def test_a_length_that_is_no_number_is_no_failure(db: None, client: Client):
    assert client.get("/auth/login/", CONTENT_LENGTH="²").status_code == 200


def never(_request: HttpRequest) -> HttpResponse:
    pytest.fail("the view was asked")


def test_an_oversized_form_is_taken_off_the_line_before_it_is_answered(db: None):
    request = RequestFactory().post("/products/new/", {"product_name": "x" * settings.MAX_BODY_BYTES})
    assert BodyLimitMiddleware(never)(request).status_code == 413
    assert request.read() == b""


def test_whoever_hangs_up_while_sending_is_no_failure(db: None):
    class HungUp:
        def read(self, _size: int) -> bytes:
            raise ConnectionResetError

    request = RequestFactory().post("/products/new/", CONTENT_LENGTH=str(settings.MAX_BODY_BYTES + 1))
    request._stream = HungUp()
    assert BodyLimitMiddleware(never)(request).status_code == 413


@pytest.mark.parametrize("path", ["/", "/auth/login/", "/healthz", "/no-such-page/"])
def test_no_answer_is_kept_by_anybody_between(as_viewer: Client, path: str):
    for kind in (Client(), as_viewer):
        kept = kind.get(path).headers["Cache-Control"]
        assert {"private", "no-store"} <= set(kept.split(", "))


def test_a_number_that_no_database_takes_is_a_request_that_cannot_be_read(as_admin: Client):
    answer = as_admin.post("/admin/auth/group/add/", {"name": "people", "permissions": "9" * 30})
    # PostgreSQL compares it as the number that it is, finds no such permission, and the form says so.
    assert answer.status_code == (400 if connection.vendor == "sqlite" else 200)
    assert not Group.objects.filter(name="people").exists()


def test_other_failures_stay_failures():
    asked = HugeNumberMiddleware(never).process_exception
    request = RequestFactory().post("/admin/")
    too_long = ValueError("Exceeds the limit (4300 digits) for integer string conversion")
    assert asked(request, OverflowError()).status_code == 400
    assert asked(request, too_long).status_code == 400
    assert asked(request, ValueError("another")) is None
