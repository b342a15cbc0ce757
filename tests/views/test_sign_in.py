import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from console.models import User
from console.services.roles import Role, grant
from tests import make

URL = "/auth/login/"
ENTERED = {"login": "lin.wei", "password": "correct horse battery"}


@pytest.fixture
def person(db: None) -> User:
    made = User.objects.create_user(ENTERED["login"], password=ENTERED["password"])
    grant(made, Role.VIEWER)
    return made


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_opens_the_overview(client: Client, person: User):
    response = client.post(URL, ENTERED)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert "lin.wei" in client.get("/").content.decode()


def test_a_wrong_password_does_not(client: Client, person: User):
    response = client.post(URL, ENTERED | {"password": "wrong"})
    assert "not correct" in response.content.decode()
    assert "wrong" not in response.content.decode().replace("not correct", "")
    assert not is_signed_in(client)


def test_an_unknown_name_is_told_the_same(client: Client, person: User):
    wrong = client.post(URL, ENTERED | {"password": "wrong"})
    unknown = client.post(URL, ENTERED | {"login": "nobody"})
    assert unknown.context["form"].errors == wrong.context["form"].errors


def test_one_comes_back_to_where_one_wanted_to_go(client: Client, person: User):
    assert client.post(URL, ENTERED | {"next": "/audit/?outcome=refused"})["Location"] == "/audit/?outcome=refused"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(client: Client, person: User, target: str):
    assert client.post(URL, ENTERED | {"next": target})["Location"] == "/"


def test_somebody_deactivated_stays_outside(client: Client, person: User):
    User.objects.update(is_active=False)
    response = client.post(URL, ENTERED, follow=True)
    assert "Your user is not active any more" in response.content.decode()
    assert not is_signed_in(client)


def test_deactivation_ends_a_session(client: Client, person: User):
    client.post(URL, ENTERED)
    User.objects.update(is_active=False)
    assert client.get("/").status_code == 302


def test_sign_out_takes_a_post(client: Client, person: User):
    client.post(URL, ENTERED)
    page = client.get("/auth/logout/")
    assert "Sign out?" in page.content.decode()
    assert is_signed_in(client)
    assert client.post("/auth/logout/")["Location"] == URL
    assert not is_signed_in(client)


def test_one_changes_ones_password(client: Client, person: User):
    client.post(URL, ENTERED)
    changed = {"oldpassword": ENTERED["password"], "password1": "staple of the mast", "password2": "staple of the mast"}
    assert client.post("/auth/password/change/", changed).status_code == 302
    person.refresh_from_db()
    assert person.check_password("staple of the mast")


def test_without_a_usable_password_one_sets_the_first(db: None):
    client = make.just_signed_in(make.user("from-elsewhere", Role.VIEWER))
    assert client.get("/auth/password/change/")["Location"] == "/auth/password/set/"
    assert client.get("/auth/password/set/").status_code == 200


def test_the_admin_site_has_no_sign_in_of_its_own(client: Client, person: User):
    assert client.get("/admin/login/")["Location"].startswith(URL)
    assert client.post("/admin/login/", ENTERED).status_code == 302
    assert not is_signed_in(client)


def test_nobody_signs_up(client: Client, db: None):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert client.get("/auth/signup/").status_code == 404
    assert "ign up" not in client.get(URL).content.decode()


def test_after_ten_wrong_passwords_one_has_to_wait(client: Client, person: User):
    for _ in range(10):
        client.post(URL, ENTERED | {"password": "wrong"})
    assert "Too many failed" in client.post(URL, ENTERED).content.decode()
    assert not is_signed_in(client)


def test_a_flood_of_attempts_is_answered_in_words(client: Client, person: User):
    answers = [client.post(URL, ENTERED | {"login": f"name-{number}"}) for number in range(31)]
    assert answers[-1].status_code == 429
    assert "Too many attempts" in answers[-1].content.decode()
