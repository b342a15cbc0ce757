"""Typed reading of the environment: a missing or malformed value ends the start with one clear line."""

import base64
import binascii
import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
TEMPLATE_OF_ENV = ".env.example"
SWITCHED_ON = frozenset({"1", "true", "yes", "on"})
SWITCHED_OFF = frozenset({"0", "false", "no", "off"})
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

env = environ.Env()


def load() -> None:
    """Read the `.env` file (or ENV_FILE) without overriding what the process environment already says."""
    path = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
    if path.is_file():
        environ.Env.read_env(path)


def text(name: str) -> str:
    """What stands there, empty by default. django-environ would take a secret that begins with `$` for the name of
    another setting.
    """
    return os.environ.get(name, "")


def required(name: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {TEMPLATE_OF_ENV} lists every setting; bin/run makes a .env.")
    return value


def seal_keys(name: str) -> list[str]:
    """The sealing keys, newest first: comma separated, each 32 bytes in URL-safe base64."""
    keys = [key.strip() for key in required(name).split(",") if key.strip()]
    for position, key in enumerate(keys, 1):
        if not _is_fernet_key(key):
            raise ImproperlyConfigured(f"{name}: key {position} is not 32 bytes in URL-safe base64.")
    return keys


def random_key(name: str) -> bytes:
    """32 random bytes, in URL-safe base64."""
    text = required(name)
    if not _is_fernet_key(text):
        raise ImproperlyConfigured(f"{name} is not 32 bytes in URL-safe base64.")
    return base64.urlsafe_b64decode(text)


def flag(name: str, *, default: bool) -> bool:
    """A switch: 1 or 0, also spelled true, yes, on and their opposites. Anything else is no guess."""
    text = env.str(name, default="").strip().lower()
    if text in SWITCHED_ON | SWITCHED_OFF:
        return text in SWITCHED_ON
    if text:
        raise ImproperlyConfigured(f"{name} must be 1 or 0.")
    return default


def whole(name: str, *, default: int) -> int:
    """A number of something, at least 1."""
    text = env.str(name, default="").strip() or str(default)
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ImproperlyConfigured(f"{name} must be a whole number of at least 1.")
    return int(text)


def log_level(name: str) -> str:
    level: str = env.str(name, default="INFO").upper()
    if level not in LOG_LEVELS:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(LOG_LEVELS)}.")
    return level


def positive(name: str, *, default: float) -> float:
    """A duration in seconds, greater than nought."""
    try:
        value: float = env.float(name, default=default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not a number.") from error
    if not 0 < value < float("inf"):
        raise ImproperlyConfigured(f"{name} must be greater than 0.")
    return value


def _is_fernet_key(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key)) == 32
    except (binascii.Error, ValueError):
        return False
