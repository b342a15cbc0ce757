"""The way to the small provider and back, as a browser goes it: a click, a page in between, and redirects."""

import html
import re
from urllib.parse import urlsplit

import requests
from django.http import HttpResponse
from django.test import Client

from console.env_sign_in import openid_connect
from tests.security.oidc_server import CLIENT_ID, CLIENT_SECRET, Provider

LOGIN, CALLBACK = "/auth/sso/", "/auth/sso/callback/"
GOES_ON = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


def settings_for(server: str) -> dict[str, object]:
    """allauth's providers: the one at the address `server`."""
    return openid_connect(
        server=server, client_id=CLIENT_ID, secret=CLIENT_SECRET, title="Acme", scopes=["openid", "profile"]
    )


def leave(client: Client, address: str = LOGIN, **fields: str) -> str:
    """Click on the sign-in page's button; where the page in between leads."""
    found = GOES_ON.search(client.post(address, fields).content.decode())
    assert found
    return html.unescape(found[1])


def come(client: Client, address: str = LOGIN, **fields: str) -> HttpResponse:
    """All the way: to the provider, which asks nothing, and back."""
    back = requests.get(leave(client, address, **fields), allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def with_groups(provider: Provider, *groups: str) -> None:
    provider.person.claims["groups"] = list(groups)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
