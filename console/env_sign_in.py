"""Typed reading of the settings of sign-in: roles, and the single sign-on of an organisation."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from console.env import env

# As they are spelled in the environment; services/roles.py says what each may do.
ROLES = {
    "viewer": "viewer",
    "product_manager": "product manager",
    "auditor": "auditor",
    "admin": "admin",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PROVIDER_ID = "sso"
_SHA1_LINE = re.compile(rb"[0-9A-Fa-f]{40}(:\d+)?\s")


def roles(name: str, *, default: list[str]) -> list[str]:
    """Names of roles, comma separated; `none` for no role at all."""
    words = [word.strip() for word in env.list(name, default=default) if word.strip()]
    return [] if words == ["none"] else [_role(name, word) for word in words]


def role_map(name: str) -> dict[str, str]:
    """Which group of the organisation has which role: `iot-admins=admin,iot-pm=product_manager`."""
    pairs: dict[str, str] = {}
    for pair in env.list(name, default=[]):
        group, is_pair, role = pair.rpartition("=")
        if not (is_pair and group.strip()):
            raise ImproperlyConfigured(f"{name}: “{pair}” is not group=role.")
        pairs[group.strip()] = _role(name, role.strip())
    return pairs


def breached_passwords(name: str) -> list[dict[str, Any]]:
    """Django's validators: one with the file whose lines begin with SHA-1 hashes, none without its absolute path."""
    path: str = env.str(name, default="").strip()
    if path and not (Path(path).is_absolute() and _is_hash_list(Path(path))):
        raise ImproperlyConfigured(
            f"{name} must be the absolute path of a readable file of SHA-1 hashes, one in a line."
        )
    validator = "console.services.breached_passwords.BreachedPasswordsValidator"
    return [{"NAME": validator, "OPTIONS": {"path": path}}] if path else []


def _is_hash_list(path: Path) -> bool:
    try:
        with path.open("rb") as lines:
            return bool(_SHA1_LINE.match(lines.read(100)))
    except OSError:
        return False


def issuer(name: str) -> str:
    """The address of an OpenID Connect provider, without its well-known part; https but on this machine."""
    url: str = env.str(name, default="").rstrip("/")
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if url and not (is_safe and parts.hostname):
        raise ImproperlyConfigured(f"{name} must begin with https://.")
    return url


def factor_words(name: str) -> frozenset[str]:
    """By which words of an id_token its provider tells of a second factor; `*` for one that always asks."""
    return frozenset(word.strip() for word in env.list(name, default=["mfa"]) if word.strip())


def openid_connect(*, server: str, client_id: str, secret: str, title: str, scopes: list[str]) -> dict[str, Any]:
    """allauth's providers: the one of the organisation, or none without a `server`."""
    app = {
        "provider_id": PROVIDER_ID,
        "name": title,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": server, "scope": scopes, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app] if server else []}}


def _role(setting: str, word: str) -> str:
    if word not in ROLES:
        raise ImproperlyConfigured(f"{setting}: “{word}” is not a role. The roles are {', '.join(ROLES)}.")
    return ROLES[word]
