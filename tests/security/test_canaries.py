"""A canary in every secret place goes through everything that the console does, and comes out nowhere."""

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django_q.models import Failure
from pytest_django import Settings

from console.models import AuditEntry, Operation, Product, User
from console.platforms import client as client_module
from console.sandbox.server import Sandbox
from console.services import accounts
from tests import make
from tests.security.canaries import (
    Canaries,
    database,
    database_files,
    everything_logged,
    forms_of,
    said_in,
)
from tests.security.canary_life import ACCESS_KEY, KEY_ID, PASSWORD, Life, listen_for_signatures, plant

ROOT = Path(__file__).resolve().parents[2]
EVERYWHERE = {
    "SECRET_KEY",
    "SEAL_KEYS",
    "AUDIT_KEY",
    "AUDIT_SIGNING_KEY",
    "DEMO_PASSWORD",
    "access key secret",
    "ProductSecret",
    "password",
    "TOTP secret",
    "session id",
    "signature",
}


@pytest.fixture
def canaries(settings: Settings) -> Iterator[Canaries]:
    settings.PLATFORM_READ_TIMEOUT_S = 0.2
    cache.clear()
    yield plant(settings)
    accounts.sealer.cache_clear()
    cache.clear()


@pytest.fixture
def guarded() -> Iterator[Sandbox]:
    """A sandbox whose one key is the canary."""
    with Sandbox(limits=False, keys={KEY_ID: ACCESS_KEY}) as sandbox:
        yield sandbox


@pytest.mark.timeout(300)
def test_no_canary_comes_out_anywhere(
    transactional_db: None, canaries: Canaries, guarded: Sandbox, monkeypatch: pytest.MonkeyPatch
):
    listen_for_signatures(canaries, monkeypatch)
    life = Life(canaries=canaries, sandbox=guarded)
    with everything_logged() as logged:
        life.live()
    assert canaries.names == EVERYWHERE
    files = database_files()
    assert canaries.find(life.said) == set()
    assert canaries.find({"log": logged.getvalue()}) == set()
    assert canaries.find(database() | files) == set()
    assert_it_was_a_full_life(life, logged.getvalue())


def assert_it_was_a_full_life(life: Life, logged: str) -> None:
    """Else nothing could have come out."""
    assert {"done", "refused", "not_sent", "unknown"} <= set(Operation.objects.values_list("state", flat=True))
    assert {"product.reveal", "account.create", "keys.rotate", "account.sync"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )
    assert Failure.objects.count() == 2
    assert "nobody expects this of PlatformClient and str" in repr(list(Failure.objects.values()))
    assert "action=CreateProduct" in logged
    assert "DEBUG" in logged
    assert "def " in next(text for place, text in life.said.items() if place.startswith("evidence"))
    assert "Sound: #1 to #" in next(text for place, text in life.said.items() if place.startswith("audit_verify"))
    assert len([place for place in life.said if place.startswith("/audit/") and "for admin" in place]) > 20
    assert len([place for place in life.said if place.startswith("/admin/") and "for admin" in place]) > 5


def test_what_is_hidden_badly_would_be_found(db: None, canaries: Canaries):
    account = make.account(secret=ACCESS_KEY)
    assert canaries.find(database()) == set()
    account.title = f"Main {ACCESS_KEY}"
    account.save()
    found = canaries.find(database())
    assert found == {("access key secret", place) for place in ("console_account.title", "rows of Account")}


@pytest.mark.parametrize("secret", ["canary/+=&%-secret", b"canary-\x00\xff-bytes-and-more"])
def test_the_search_knows_every_way_of_writing(secret: str | bytes):
    raw = secret if isinstance(secret, bytes) else secret.encode()
    for before in (b"", b"a", b"ab", b"abc"):
        assert any(form in urlsafe_b64encode(before + raw + b"after").decode() for form in forms_of(secret))
    assert raw.hex() in forms_of(secret)


@pytest.fixture
def admin(db: None, canaries: Canaries) -> Client:
    """Somebody who has just proved who they are, and to whom errors are answered."""
    user = User.objects.create_superuser("admin", password=PASSWORD)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    canaries.plant("session id", client.session.session_key)
    return client


@pytest.fixture
def product(db: None, canaries: Canaries, guarded: Sandbox) -> Product:
    account = make.account(endpoint=guarded.url, key=KEY_ID, secret=ACCESS_KEY)
    made = make.cached_product(account)
    canaries.plant("ProductSecret", secret := f"canary-ProductSecret-{uuid4().hex}")
    made.sealed_product_secret = accounts.sealer().seal(secret, place=made.place_of_secret)
    made.save()
    return made


def break_signing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError(f"a mistake beside {len(args)} arguments")

    monkeypatch.setattr(client_module, "sign_request", fail)


def break_the_trail(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUDIT_KEY = "no bytes"


def break_sign_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUTHENTICATION_BACKENDS = ["no.such.backend"]


def new_account() -> dict[str, str]:
    return {
        "slug": "other",
        "title": "Other",
        "platform": "tuya",
        "endpoint": "https://a.tuyacloud.com:8686",
        "signature_scheme": "rpc-v1",
        "access_key_id": KEY_ID,
        "access_key_secret": ACCESS_KEY,
    }


BREAKS = {
    "account-create": (break_the_trail, new_account),
    "product-reveal": (break_the_trail, lambda: {"form_token": str(uuid4()), "reason": "any"}),
    "product-refresh": (break_signing, dict),
    "account_login": (break_sign_in, lambda: {"login": "admin", "password": PASSWORD}),
}


@pytest.mark.parametrize("debug", [True, False], ids=["debug", "production"])
@pytest.mark.parametrize("accept", ["text/html", "text/plain"])
@pytest.mark.parametrize("name", BREAKS)
def test_no_error_page_tells_one(
    admin: Client,
    product: Product,
    canaries: Canaries,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    accept: str,
    debug: bool,
):
    settings.DEBUG = debug
    breaks, form = BREAKS[name]
    address = reverse(name, args=[product.pk] if name.startswith("product") else [])
    breaks(settings, monkeypatch)
    client = Client(raise_request_exception=False) if name == "account_login" else admin
    with everything_logged() as logged:
        answer = client.post(address, form(), headers={"Accept": accept})
    assert answer.status_code == 500
    assert ("Traceback" in answer.content.decode()) is debug
    assert "Traceback" in logged.getvalue()
    assert canaries.find({"page": said_in(answer), "log": logged.getvalue()}) == set()


@pytest.mark.parametrize("debug", [True, False], ids=["debug", "production"])
def test_no_page_that_is_missing_tells_one(admin: Client, canaries: Canaries, settings: Settings, debug: bool):
    settings.DEBUG = debug
    assert canaries.find({"page": said_in(admin.get("/no-such-page/"))}) == set()


PLANTED = {
    "SECRET_KEY": "canary-secret-key-" + "k" * 40,
    "SEAL_KEYS": Fernet.generate_key().decode(),
    "AUDIT_KEY": Fernet.generate_key().decode(),
    "AUDIT_SIGNING_KEY": Fernet.generate_key().decode(),
    "DEMO_PASSWORD": "canary-DemoPassword-12ab",
    "SANDBOX_KEY": "canary-key-id:canary-SandboxSecret-77d1",
    "OIDC_CLIENT_SECRET": "canary-OidcSecret-4c4c",
}
MISTAKES = {
    "a short sealing key": {"SEAL_KEYS": f"{PLANTED['SEAL_KEYS']},canary-short-seal-key"},
    "a short audit key": {"AUDIT_KEY": "canary-short-audit-key"},
    "a short signing key": {"AUDIT_SIGNING_KEY": "canary-short-signing-key"},
    "an unknown database": {"DATABASE_URL": "oracle://console:canary-DatabasePassword@host/name"},
    "a database that is away": {"DATABASE_URL": "postgres://console:canary-DatabasePassword@127.0.0.1:9/name"},
    "an unknown queue": {"TASK_BROKER_URL": "amqp://:canary-BrokerPassword@host"},
    "a switch that is none": {"DEBUG": "canary-typed-into-the-wrong-line"},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_command_that_fails_tells_one(tmp_path: Path, mistake: str):
    changes = PLANTED | MISTAKES[mistake]
    env = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "DEBUG"}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--traceback"],
        cwd=ROOT, env=env | changes, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert said
    assert "canary" not in said
    assert not [name for name, value in PLANTED.items() if value in said]
