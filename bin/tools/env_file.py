"""The `.env` file of an installation: made once with random keys, never changed afterwards."""

import base64
import os
import secrets
from pathlib import Path

from bin.tools.terminal import SetupError

TEMPLATE = """\
# Made by bin/run. Keep it private, and keep a copy: without SEAL_KEYS no stored key can be opened again,
# without AUDIT_KEY nobody can tell that the audit trail is this console's own.
# Every setting: .env.example
SECRET_KEY={secret_key}
SEAL_KEYS={seal_key}
AUDIT_KEY={audit_key}
AUDIT_SIGNING_KEY={audit_signing_key}
DEMO_PASSWORD={demo_password}
"""


# Keys that the first version did not have.
NEWER = ("AUDIT_KEY", "AUDIT_SIGNING_KEY")


def random_key() -> str:
    """Return 32 random bytes in URL-safe base64: a Fernet key too."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def create(path: Path) -> bool:
    """Write `path` with random keys and mode 0600 unless it exists; true when it was written.

    Raises SetupError when it can be neither written nor read.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        _require_readable(path)
        _add_missing(path)
        return False
    except OSError as error:
        raise SetupError(f"cannot write {path}: {error.strerror}") from error
    with os.fdopen(handle, "w") as file:
        file.write(_content())
    return True


def _require_readable(path: Path) -> None:
    """Another user may have made it: its settings would be missing without a word."""
    try:
        path.open().close()
    except OSError as error:
        raise SetupError(f"cannot read {path}: {error.strerror}") from error


def _add_missing(path: Path) -> None:
    """An installation that is older than a key gets it; nothing that stands there is changed."""
    known = {line.partition("=")[0] for line in path.read_text().splitlines()} | set(os.environ)
    names = [name for name in NEWER if name not in known]
    if names:
        with path.open("a") as file:
            file.write("".join(f"\n{name}={random_key()}\n" for name in names))


def _content() -> str:
    # A password given for the first start is kept: the demo users get it, and later starts print it.
    return TEMPLATE.format(
        secret_key=secrets.token_urlsafe(50),
        seal_key=random_key(),
        audit_key=random_key(),
        audit_signing_key=random_key(),
        demo_password=os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9),
    )
