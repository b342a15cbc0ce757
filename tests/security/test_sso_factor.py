"""Who comes by single sign-on has a second factor when the signed id_token says so, and is asked for one here else."""

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client, override_settings

from console.doors import ALWAYS_OPEN, SECOND_FACTOR
from console.models import User
from console.services.roles import Role, grant
from console.services.sso_factor import KEPT
from tests.security.oidc_server import Provider
from tests.security.routes import address, every_route
from tests.security.single_sign_on import come, is_signed_in, with_groups
from tests.views.test_second_factor import CODES, CONFIRM, INDEX, NEW_APP, code

MFA = {"amr": ["pwd", "mfa"]}
MALFORMED = [
    {"amr": "mfa"}, {"amr": {"mfa": True}}, {"amr": [["mfa"]]}, {"amr": [{"mfa": "mfa"}]}, {"amr": [1, None, True]},
    {"amr": 7}, {"amr": None}, {"amr": ["MFA", "mfa ", "otp mfa", ""]}, {"acr": ["mfa"]}, {"acr": {"mfa": 1}},
    {"acr": 1}, {"acr": None}, {"acr": ""}, {"acr": "*"}, {"amr": ["*"]},
]  # fmt: skip


@pytest.fixture
def provider(provider: Provider, settings) -> Provider:
    """Of a person who is an admin here, and so needs a second factor."""
    settings.MFA_REQUIRED_FOR = ["admin"]
    with_groups(provider, "iot-admins")
    return provider


def is_open(client: Client) -> bool:
    return client.get("/").status_code == 200


def is_led_to_set_one_up(client: Client) -> bool:
    return is_signed_in(client) and client.get("/").headers.get("Location") == INDEX


def set_up(client: Client) -> str:
    """Set up an app here, for which nobody has a password to ask for; its secret."""
    secret: str = client.get(NEW_APP).context["form"].secret
    assert client.post(NEW_APP, {"code": code(secret)})["Location"] == CODES
    return secret


@pytest.mark.parametrize("claims", [MFA, {"amr": ["mfa"]}, {"acr": "mfa"}, {"amr": "pwd", "acr": "mfa"}])
def test_the_provider_answers_for_the_second_factor(client: Client, provider: Provider, claims: dict[str, object]):
    provider.person.id_token = claims
    come(client)
    assert is_open(client)


@override_settings(OIDC_SECOND_FACTOR=frozenset({"phrh", "urn:acme:gold"}))
def test_a_provider_has_words_of_its_own(client: Client, provider: Provider):
    for claims, opens in (({"acr": "urn:acme:gold"}, True), ({"amr": ["phrh"]}, True), (MFA, False)):
        provider.person.id_token = claims
        come(client := Client())
        assert is_open(client) == opens


@override_settings(OIDC_SECOND_FACTOR=frozenset({"*"}))
def test_a_provider_that_always_asks_need_not_say_so(client: Client, provider: Provider):
    come(client)
    assert is_open(client)


@override_settings(OIDC_SECOND_FACTOR=frozenset())
def test_a_provider_may_be_believed_nothing(client: Client, provider: Provider):
    provider.person.id_token = MFA
    come(client)
    assert is_led_to_set_one_up(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_word_one_is_led_to_set_one_up_and_nothing_else_opens(
    client: Client, provider: Provider, method: str
):
    come(client)
    assert "Your role needs a second factor" in client.get(INDEX).content.decode()
    still_open = {SECOND_FACTOR.page, *SECOND_FACTOR.open, *ALWAYS_OPEN}
    closed = [route for route in every_route() if route not in still_open]
    answers = {route: getattr(client, method)(address(route)).headers.get("Location") for route in closed}
    assert {route: there for route, there in answers.items() if there != INDEX} == {}


@pytest.mark.parametrize("claims", MALFORMED, ids=str)
def test_what_is_not_said_as_the_standards_say_it_does_not_count(
    client: Client, provider: Provider, claims: dict[str, object]
):
    provider.person.id_token = claims
    come(client)
    assert is_led_to_set_one_up(client)


def test_the_word_of_the_user_info_does_not_count(client: Client, provider: Provider):
    provider.person.user_info = MFA | {"acr": "mfa", "id_token": MFA}
    come(client)
    assert is_led_to_set_one_up(client)


def test_a_role_that_needs_none_is_asked_for_none(client: Client, provider: Provider):
    with_groups(provider, "iot-pm")
    come(client)
    assert is_open(client)


def test_whoever_set_one_up_here_is_asked_for_it_from_then_on(client: Client, provider: Provider):
    come(client)
    secret = set_up(client)
    assert is_open(client)
    come_again = Client()
    assert come(come_again, next="/products/")["Location"] == CONFIRM
    assert not is_signed_in(come_again)
    assert come_again.post(CONFIRM, {"code": "000000"}).status_code == 200
    assert not is_signed_in(come_again)
    Authenticator.objects.filter(type="recovery_codes").delete()
    assert come_again.post(CONFIRM, {"code": code(secret)})["Location"] == "/products/"
    assert is_open(come_again)


def test_nobody_is_asked_twice(client: Client, provider: Provider):
    come(client)
    set_up(client)
    provider.person.id_token = MFA
    assert come(again := Client())["Location"] == "/"
    assert is_open(again)


@pytest.mark.parametrize("signs_out", [True, False])
def test_the_word_is_good_for_one_sign_in(client: Client, provider: Provider, signs_out: bool):
    provider.person.id_token = MFA
    come(client)
    assert is_open(client)
    provider.person.id_token = {}
    if signs_out:
        client.post("/auth/logout/")
    come(client)
    assert is_led_to_set_one_up(client)


def test_each_sign_in_is_judged_by_its_own_token(client: Client, provider: Provider):
    come(client)
    set_up(client)
    again = Client()
    for claims, there in ((dict[str, object](), CONFIRM), (MFA, "/"), ({}, CONFIRM)):
        provider.person.id_token = claims
        assert come(again)["Location"] == there
        assert is_signed_in(again) == (there == "/")


def test_the_word_is_about_nobody_else(client: Client, provider: Provider):
    provider.person.id_token = MFA
    come(client)
    provider.person.claims |= {"sub": "u-2", "preferred_username": "somebody.else"}
    provider.person.id_token = {}
    come(client)
    assert client.session["_auth_user_id"] == str(User.objects.get(username="somebody.else").pk)
    assert is_led_to_set_one_up(client)


def with_password(client: Client) -> HttpResponse:
    person = User.objects.create_user("local", password="correct horse battery")
    grant(person, Role.ADMIN)
    return client.post("/auth/login/", {"login": "local", "password": "correct horse battery"})


def test_a_password_inherits_nothing_from_the_session_before_it(client: Client, provider: Provider):
    session = client.session
    session[KEPT] = True
    session.save()
    with_password(client)
    assert is_led_to_set_one_up(client)


@override_settings(OIDC_SECOND_FACTOR=frozenset({"*"}))
def test_the_provider_answers_for_nobody_who_comes_by_password(client: Client, provider: Provider):
    with_password(client)
    assert is_led_to_set_one_up(client)
