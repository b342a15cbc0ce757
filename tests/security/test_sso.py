"""Single sign-on against a small provider on loopback: who gets in, with which roles, and what is not believed."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
import time_machine
from django.test import Client, override_settings
from django.utils import timezone

from console.models import AuditEntry, User
from console.services.roles import Role, grant, roles_of
from tests import make
from tests.security.oidc_server import Provider, new_key
from tests.security.pages import Page
from tests.security.single_sign_on import CALLBACK, LOGIN, come, is_signed_in, leave, settings_for, with_groups
from tests.views.test_second_factor import CONFIRM, NEW_APP, code


def test_the_sign_in_page_offers_it(client: Client, provider: Provider):
    page = client.get("/auth/login/?next=/products/").content.decode()
    assert "Continue with Acme" in page
    form = next(form for form in Page(page).forms if form.action == LOGIN)
    assert form.method == "post"
    assert form.fields.keys() == {"csrfmiddlewaretoken", "next"}
    assert form.fields["next"] == "/products/"


def test_an_address_alone_starts_nothing(client: Client, provider: Provider):
    answer = client.get(f"{LOGIN}?next=/products/")
    assert (answer.status_code, answer["Location"]) == (302, "/auth/login/?next=/products/")
    assert client.get(LOGIN)["Location"] == "/auth/login/?next=/"
    assert not client.session.keys()


def test_a_form_of_another_site_starts_nothing(provider: Provider):
    client = Client(enforce_csrf_checks=True)
    client.get("/auth/login/")
    assert client.post(LOGIN).status_code == 403
    assert not client.session.keys()


def test_it_offers_nothing_that_is_not_set_up(client: Client, db: None):
    assert "Continue with" not in client.get("/auth/login/").content.decode()
    assert {client.get(LOGIN).status_code, client.post(LOGIN).status_code, client.get(CALLBACK).status_code} == {404}


def test_somebody_new_gets_a_user_and_the_roles_of_the_groups(client: Client, provider: Provider):
    with_groups(provider, "iot-pm", "canteen")
    assert come(client)["Location"] == "/"
    person = User.objects.get()
    assert person.username == "lin.wei"
    assert not person.has_usable_password()
    assert roles_of(person) == {Role.PRODUCT_MANAGER}
    assert client.get("/").status_code == 200


def test_a_single_group_may_come_without_a_list(client: Client, provider: Provider):
    provider.person.claims["groups"] = "iot-admins"
    come(client)
    assert roles_of(User.objects.get()) == {Role.ADMIN}


def test_without_a_role_nobody_new_gets_in(client: Client, provider: Provider):
    with_groups(provider, "canteen")
    answer = come(client)
    assert "You have no role here" in answer.content.decode()
    assert not is_signed_in(client)
    assert not User.objects.exists()
    assert make.trail() == [("session.start", "refused")]


@pytest.mark.parametrize("groups", [None, 7, {"iot-admins": True}, [["iot-admins"]], [None]])
def test_groups_that_are_no_groups_give_nothing(client: Client, provider: Provider, groups: object):
    provider.person.claims["groups"] = groups
    assert "You have no role here" in come(client).content.decode()
    assert not User.objects.exists()


def test_the_roles_follow_the_groups_at_every_sign_in(client: Client, provider: Provider):
    with_groups(provider, "iot-admins")
    come(client)
    with_groups(provider, "iot-pm")
    come(Client())
    assert roles_of(User.objects.get()) == {Role.PRODUCT_MANAGER}


def test_whoever_leaves_the_groups_loses_the_roles_at_once(client: Client, provider: Provider):
    with_groups(provider, "iot-admins")
    come(client)
    with_groups(provider)
    come(Client())
    assert roles_of(User.objects.get()) == frozenset()
    assert client.get("/").status_code == 403


def test_a_role_that_no_group_gives_stays_with_who_has_it(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    come(client)
    grant(User.objects.get(), Role.AUDITOR)
    with_groups(provider)
    come(Client())
    assert roles_of(User.objects.get()) == {Role.AUDITOR}


def test_every_change_of_roles_is_in_the_trail(client: Client, provider: Provider):
    with_groups(provider, "iot-admins")
    come(client)
    with_groups(provider)
    come(Client())
    told = AuditEntry.objects.filter(action="user.roles").order_by("id")
    assert len(told) == 2
    assert all(entry.actor_id is None and "single sign-on" in entry.record for entry in told)


def test_the_same_name_is_not_the_same_person(client: Client, provider: Provider):
    local = User.objects.create_user("lin.wei", email="lin@acme.example", password="correct horse battery")
    grant(local, Role.ADMIN)
    provider.person.claims |= {"email": "lin@acme.example", "email_verified": True}
    with_groups(provider, "iot-pm")
    come(client)
    came = User.objects.exclude(pk=local.pk).get()
    assert came.username != "lin.wei"
    assert roles_of(came) == {Role.PRODUCT_MANAGER}
    assert client.session["_auth_user_id"] == str(came.pk)


def test_who_comes_so_has_no_password_to_choose(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    come(client)
    User.objects.update(provisional_until=timezone.now())
    assert client.get("/").status_code == 200


def test_the_person_is_known_by_the_providers_id(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    come(client)
    provider.person.claims["preferred_username"] = "renamed"
    come(Client())
    assert User.objects.count() == 1


def test_somebody_deactivated_stays_outside(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    come(Client())
    User.objects.update(is_active=False)
    assert come(client)["Location"] == "/auth/inactive/"
    assert not is_signed_in(client)


def test_a_factor_that_one_has_here_is_asked_for(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    come(client)
    client.post(NEW_APP, {"code": code(client.get(NEW_APP).context["form"].secret)})
    assert come(client)["Location"] == CONFIRM
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["/auth/password/set/", "/auth/factors/app/new/", "/auth/factors/passkeys/new/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_way_in_takes_a_sign_in_of_just_now(client: Client, provider: Provider, path: str, method: str):
    with_groups(provider, "iot-pm")
    come(client)
    assert client.get(path).status_code == 200
    new = {"password1": "staple of the mast", "password2": "staple of the mast"}
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        answer = getattr(client, method)(path, new)
    assert answer.status_code == 403
    assert "too long ago" in answer.content.decode()
    assert not User.objects.get().has_usable_password()


def test_a_token_signed_by_somebody_else_is_not_believed(client: Client, provider: Provider):
    with_groups(provider, "iot-admins")
    provider.signing_key = new_key()
    refused(client)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_in_another_algorithm_is_not_believed(client: Client, provider: Provider, algorithm: str):
    with_groups(provider, "iot-admins")
    provider.algorithm = algorithm
    refused(client)


def test_a_token_that_names_no_key_is_not_believed(client: Client, provider: Provider):
    with_groups(provider, "iot-admins")
    provider.names_key = False
    refused(client)


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another-client"}, {"iss": "https://evil.example"}, {"exp": 1}, {"nonce": "another"}, {"nonce": None}],
    ids=["for another client", "from another issuer", "too old", "for another request", "for no request"],
)
def test_a_token_that_is_not_for_us_is_not_believed(client: Client, provider: Provider, claims: dict[str, object]):
    with_groups(provider, "iot-admins")
    provider.person.id_token = claims
    refused(client)


def test_user_info_about_somebody_else_is_not_believed(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    provider.person.user_info = {"sub": "u-2", "groups": ["iot-admins"]}
    refused(client)


def refused(client: Client) -> None:
    answer = come(client)
    assert "Single sign-on failed" in answer.content.decode()
    assert not is_signed_in(client)
    assert not User.objects.exists()


def test_an_answer_that_nobody_asked_for_is_not_believed(client: Client, provider: Provider):
    with_groups(provider, "iot-admins")
    stranger = Client()
    there = leave(stranger)
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])
    answer = client.get(f"{CALLBACK}?{back.query}")
    assert "Single sign-on failed" in answer.content.decode()
    assert not is_signed_in(client)


def test_a_token_that_answered_an_earlier_request_is_not_believed(client: Client, provider: Provider):
    with_groups(provider, "iot-admins")
    provider.person.id_token = {"nonce": parse_qs(urlsplit(leave(client)).query)["nonce"][0]}
    refused(client)


def test_an_answer_works_once(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    there = leave(client)
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])
    client.get(f"{CALLBACK}?{back.query}")
    client.post("/auth/logout/")
    client.get(f"{CALLBACK}?{back.query}")
    assert not is_signed_in(client)


def test_cancelled_there_is_said_here(client: Client, provider: Provider):
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    answer = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)
    assert "cancelled" in answer.content.decode()


def test_the_request_carries_a_state_and_a_challenge(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    come(client)
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert sorted(asked["scope"].split()) == ["openid", "profile"]
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) == 64


def test_no_two_requests_have_the_same_nonce(client: Client, provider: Provider):
    for _ in range(3):
        come(Client())
    assert len({asked["nonce"] for asked in provider.asked}) == 3


@pytest.mark.parametrize("where", ["address", "form"])
def test_nobody_widens_what_is_asked_for(client: Client, provider: Provider, where: str):
    wider = {"scope": "offline_access", "auth_params": "prompt=none", "process": "connect"}
    with_groups(provider, "iot-pm")
    come(client, f"{LOGIN}?{urlencode(wider)}") if where == "address" else come(client, **wider)
    assert sorted(provider.asked[0]["scope"].split()) == ["openid", "profile"]
    assert "prompt" not in provider.asked[0]
    assert is_signed_in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_it_leads_to_no_other_site(client: Client, provider: Provider, target: str):
    with_groups(provider, "iot-pm")
    assert client.get(LOGIN, {"next": target})["Location"] == "/auth/login/?next=/"
    assert come(client, next=target)["Location"] == "/"


def test_one_comes_back_to_where_one_wanted_to_go(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    assert come(client, next="/products/")["Location"] == "/products/"


def test_the_session_of_before_is_not_the_one_of_after(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    leave(client)
    before = client.session.session_key
    come(client)
    assert client.session.session_key != before


def test_a_provider_that_is_away_is_told_in_words(client: Client, provider: Provider):
    with override_settings(SOCIALACCOUNT_PROVIDERS=settings_for("http://127.0.0.1:9")):
        assert "Single sign-on failed" in client.post(LOGIN).content.decode()


def test_nobody_else_loses_a_role(client: Client, provider: Provider):
    bystander = make.user("bystander", Role.ADMIN)
    come(client)
    assert roles_of(bystander) == {Role.ADMIN}
