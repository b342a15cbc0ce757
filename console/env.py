"""Typed reading of the environment: a missing or malformed value ends the start with one clear line."""

import base64
import binascii
import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
TEMPLATE_OF_ENV = ".env.example"

env = environ.Env()


def load() -> None:
    """Read the `.env` file (or ENV_FILE) without overriding what the process environment already says."""
    path = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
    if path.is_file():
        environ.Env.read_env(path)


def required(name: str) -> str:
    value: str = env.str(name, default="")
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
