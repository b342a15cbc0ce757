"""What is missing or malformed in the environment ends the start with one clear line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent
GOOD = {"SECRET_KEY": "k" * 50} | {
    name: Fernet.generate_key().decode() for name in ("SEAL_KEYS", "AUDIT_KEY", "AUDIT_SIGNING_KEY")
}
SHOW = "from django.conf import settings; print({})"


def environment(tmp_path: Path, changes: dict[str, str]) -> dict[str, str]:
    kept = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DATA_DIR": str(tmp_path)}
    return {name: value for name, value in (kept | GOOD | changes).items() if value}


def start(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` in an environment of its own; an empty value leaves a setting out."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env=environment(tmp_path, changes), capture_output=True, text=True, check=False,
    )  # fmt: skip


def show(tmp_path: Path, expression: str, **changes: str) -> str:
    env = environment(tmp_path, {"DJANGO_SETTINGS_MODULE": "console.settings", **changes})
    command = [sys.executable, "-c", SHOW.format(expression)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout.strip()


def test_the_keys_are_enough(tmp_path: Path):
    done = start(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["SECRET_KEY", "DEMO_PASSWORD"])
def test_a_secret_may_begin_with_a_dollar_sign(tmp_path: Path, name: str):
    assert show(tmp_path, f"settings.{name}", **{name: "$ecret" * 10}) == "$ecret" * 10


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SEAL_KEYS": ""}, "SEAL_KEYS is not set"),
        ({"SEAL_KEYS": "short"}, "SEAL_KEYS: key 1 is not 32 bytes in URL-safe base64."),
        ({"SEAL_KEYS": f"{GOOD['SEAL_KEYS']},short"}, "SEAL_KEYS: key 2 is not 32 bytes in URL-safe base64."),
        ({"DATABASE_URL": "mysql://host/console"}, "DATABASE_URL must begin with sqlite:// or postgres://."),
        ({"DATABASE_URL": "oracle:secret@host"}, "DATABASE_URL must begin with sqlite:// or postgres://."),
        ({"CACHE_URL": "rubbish://x"}, "Invalid cache schema rubbish"),
        ({"PLATFORM_READ_TIMEOUT_S": "soon"}, "PLATFORM_READ_TIMEOUT_S is not a number."),
        ({"PLATFORM_TOTAL_TIMEOUT_S": "-1"}, "PLATFORM_TOTAL_TIMEOUT_S must be greater than 0."),
        ({"FRESH_FOR_S": "0"}, "FRESH_FOR_S must be greater than 0."),
        ({"SANDBOX_PORT": "http"}, "SANDBOX_PORT must be a whole number of at least 1."),
        ({"WORKERS": "0"}, "WORKERS must be a whole number of at least 1."),
        ({"TASK_BROKER_URL": "amqp://host"}, "TASK_BROKER_URL must begin with redis:// or rediss://."),
        (
            {"AUDIT_RETENTION_DAYS": "179"},
            "AUDIT_RETENTION_DAYS must be 0, to keep all entries for good, or",
        ),
        (
            {"AUDIT_RETENTION_DAYS": "-1"},
            "AUDIT_RETENTION_DAYS must be 0, to keep all entries for good, or",
        ),
        ({"AUDIT_RETENTION_DAYS": "a year"}, "AUDIT_RETENTION_DAYS must be 0, to keep all entries for good, or"),
        ({"AUDIT_ARCHIVE_DIR": "archive"}, "AUDIT_ARCHIVE_DIR must be an absolute path."),
        ({"BREACHED_PASSWORDS_FILE": "hashes.txt"}, "BREACHED_PASSWORDS_FILE must be the absolute path of a readable"),
        ({"BREACHED_PASSWORDS_FILE": "/none"}, "BREACHED_PASSWORDS_FILE must be the absolute path of a readable"),
        ({"BREACHED_PASSWORDS_FILE": __file__}, "BREACHED_PASSWORDS_FILE must be the absolute path of a readable"),
        ({"SESSION_IDLE_MIN": "0"}, "SESSION_IDLE_MIN must be a whole number of at least 1."),
        ({"MFA_REQUIRED_FOR": "admin,root"}, "MFA_REQUIRED_FOR: “root” is not a role. The roles are viewer, "),
        ({"OIDC_ISSUER": "http://login.example.com"}, "OIDC_ISSUER must begin with https://."),
        ({"OIDC_ISSUER": "https://login.example.com"}, "OIDC_CLIENT_ID is not set."),
        ({"OIDC_ROLE_MAP": "iot-admins"}, "OIDC_ROLE_MAP: “iot-admins” is not group=role."),
        ({"OIDC_ROLE_MAP": "iot-admins=root"}, "OIDC_ROLE_MAP: “root” is not a role."),
        ({"DEBUG": "maybe"}, "DEBUG must be 1 or 0."),
        ({"HTTPS": "2"}, "HTTPS must be 1 or 0."),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
    ],
)
def test_what_is_wrong_is_one_clear_line(tmp_path: Path, changes: dict[str, str], line: str):
    done = start(tmp_path, **changes)
    assert done.returncode == 1
    assert done.stderr.startswith(f"The settings cannot be used: {line}")
    assert done.stderr.count("\n") == 1
    assert GOOD["SEAL_KEYS"] not in done.stderr


def test_sqlite_is_safe_for_many_processes(tmp_path: Path):
    shown = show(tmp_path, "settings.DATABASES['default']['OPTIONS']")
    assert "'transaction_mode': 'IMMEDIATE'" in shown
    assert "journal_mode=WAL" in shown
    assert "foreign_keys=ON" in shown


@pytest.mark.parametrize("url", ["", "postgres://user:pass@127.0.0.1:5432/console"])
def test_no_request_is_wrapped_in_a_transaction(tmp_path: Path, url: str):
    assert show(tmp_path, "settings.DATABASES['default']['ATOMIC_REQUESTS']", DATABASE_URL=url) == "False"


@pytest.mark.parametrize(("text", "value"), [("", "False"), ("1", "True"), ("TRUE", "True"), ("off", "False")])
def test_a_switch_is_spelled_in_several_ways(tmp_path: Path, text: str, value: str):
    assert show(tmp_path, "settings.DEBUG", DEBUG=text) == value


def test_the_first_of_two_sealing_keys_comes_first(tmp_path: Path):
    newer = Fernet.generate_key().decode()
    shown = show(tmp_path, "settings.SEAL_KEYS[0]", SEAL_KEYS=f"{newer}, {GOOD['SEAL_KEYS']}")
    assert shown == newer


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"DEMO": "1"}, "[]"),
        ({"DEMO": "0"}, "['admin', 'auditor']"),
        ({"DEMO": "0", "MFA_REQUIRED_FOR": "none"}, "[]"),
        ({"MFA_REQUIRED_FOR": "product_manager"}, "['product manager']"),
    ],
)
def test_who_needs_a_second_factor(tmp_path: Path, changes: dict[str, str], value: str):
    assert show(tmp_path, "settings.MFA_REQUIRED_FOR", **changes) == value


@pytest.mark.parametrize(
    ("text", "value"), [("mfa, phrh,", "['mfa', 'phrh']"), ("*", "['*']"), ("", "['mfa']"), (" , ", "[]")]
)
def test_the_words_of_a_second_factor_at_the_provider(tmp_path: Path, text: str, value: str):
    assert show(tmp_path, "sorted(settings.OIDC_SECOND_FACTOR)", OIDC_SECOND_FACTOR=text) == value


def test_a_list_of_breached_passwords_is_asked_when_there_is_one(tmp_path: Path):
    path = tmp_path / "hashes"
    path.write_text("0" * 40 + ":1\r\n")
    shown = "settings.AUTH_PASSWORD_VALIDATORS[-1]['NAME']"
    assert show(tmp_path, shown, BREACHED_PASSWORDS_FILE=str(path)).endswith(".BreachedPasswordsValidator")
    assert show(tmp_path, shown).endswith(".HouseWordsValidator")


def test_groups_of_the_organisation_have_roles(tmp_path: Path):
    shown = show(tmp_path, "settings.OIDC_ROLE_MAP", OIDC_ROLE_MAP="iot-admins=admin, cn=pm=product_manager")
    assert shown == "{'iot-admins': 'admin', 'cn=pm': 'product manager'}"
