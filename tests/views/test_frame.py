from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make


def test_the_sign_in_page_renders(db: None, client: Client):
    assert "Sign in" in client.get("/auth/login/").content.decode()


def test_every_answer_carries_the_strict_policy(db: None, client: Client):
    policy = client.get("/auth/login/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy


def test_an_oversized_form_is_answered_in_words_before_it_is_read(as_pm: Client):
    answer = as_pm.post("/products/new/", {"product_name": "x" * 5_000_000})
    assert answer.status_code == 413
    assert "nothing was sent to a platform" in answer.content.decode()


def test_an_oversized_htmx_form_gets_a_fragment(as_pm: Client):
    answer = as_pm.post("/products/new/", {"product_name": "x" * 5_000_000}, headers={"HX-Request": "true"})
    assert answer.status_code == 413
    assert "<html" not in answer.content.decode()


def test_what_waits_is_counted_for_a_whole_page_only(as_pm: Client):
    with CaptureQueriesContext(connection) as for_page:
        as_pm.get("/modules/")
    with CaptureQueriesContext(connection) as for_part:
        as_pm.get("/modules/", headers=make.HTMX)
    assert (counts_in(for_page), counts_in(for_part)) == (2, 0)


def counts_in(queries: CaptureQueriesContext) -> int:
    return sum("COUNT(*)" in query["sql"] for query in queries)
