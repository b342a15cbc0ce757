"""Passkeys, with an authenticator that Chromium plays."""

from tests.browser.conftest import PASSWORD, Desk

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def plug_in(desk: Desk) -> None:
    tools = desk.page.context.new_cdp_session(desk.page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY | {"automaticPresenceSimulation": True}})


def add_passkey(desk: Desk) -> None:
    page = desk.open("/auth/factors/passkeys/new/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/auth/factors/codes/")


def sign_out(desk: Desk) -> None:
    desk.open("/auth/logout/").get_by_role("main").get_by_role("button", name="Sign out").click()


def test_a_passkey_signs_in_alone(desk: Desk):
    plug_in(desk)
    desk.sign_in("admin")
    add_passkey(desk)
    sign_out(desk)
    desk.page.get_by_role("button", name="Use a passkey").click()
    desk.page.wait_for_url(desk.base + "/")


def test_it_is_the_second_factor_beside_a_password(desk: Desk):
    plug_in(desk)
    desk.sign_in("admin")
    add_passkey(desk)
    sign_out(desk)
    page = desk.open("/auth/login/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/auth/factors/confirm/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(desk.base + "/")


def test_it_proves_again_who_one_is(desk: Desk):
    plug_in(desk)
    desk.sign_in("admin")
    add_passkey(desk)
    page = desk.open("/auth/factors/passkeys/reauthenticate/?next=/auth/factors/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/auth/factors/")


def test_without_one_the_page_says_what_happened(desk: Desk):
    page = desk.open("/auth/login/")
    page.evaluate(
        "() => { navigator.credentials.get = async () => { throw new DOMException('', 'NotAllowedError'); }; }"
    )
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("It was cancelled, or took too long.").wait_for()
