import pytest
from django.test import Client


def test_a_choice_is_remembered_and_one_stays_on_the_page(as_pm: Client):
    response = as_pm.post("/theme/", {"theme": "dark", "next": "/audit/?outcome=refused"})
    assert (response.status_code, response["Location"]) == (303, "/audit/?outcome=refused")
    assert response.cookies["theme"]["httponly"]
    assert 'data-theme="dark"' in as_pm.get("/").content.decode()


def test_as_the_system_forgets_it(as_pm: Client):
    as_pm.post("/theme/", {"theme": "dark"})
    as_pm.post("/theme/", {"theme": ""})
    assert "data-theme" not in as_pm.get("/").content.decode()


def test_an_unknown_theme_is_none(as_pm: Client):
    as_pm.post("/theme/", {"theme": '"><script>'})
    assert "data-theme" not in as_pm.get("/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_it_leads_nowhere_else(as_pm: Client, target: str):
    assert as_pm.post("/theme/", {"theme": "dark", "next": target})["Location"] == "/"


def test_anonymous_is_sent_to_sign_in(client: Client, db: None):
    assert client.post("/theme/", {"theme": "dark"})["Location"].startswith("/auth/login/")


def test_it_is_not_for_reading(as_pm: Client):
    assert as_pm.get("/theme/").status_code == 405
