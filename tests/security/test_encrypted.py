"""The console as it is behind HTTPS, in a process of its own: settings are read once."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.utils import get_random_secret_key

ROOT = Path(__file__).resolve().parents[2]


def environment(**changes: str) -> dict[str, str]:
    keys = {name: os.environ[name] for name in ("PATH", "SEAL_KEYS", "AUDIT_KEY", "AUDIT_SIGNING_KEY")}
    own = {"ENV_FILE": os.devnull, "HTTPS": "1", "DJANGO_SETTINGS_MODULE": "console.settings"}
    own["SECRET_KEY"] = get_random_secret_key()
    return keys | own | changes


@cache
def answers() -> dict[str, Any]:
    env = environment(DATA_DIR=str(settings.STATIC_ROOT), DATABASE_URL="sqlite://:memory:")
    command = [sys.executable, "-m", "tests.security.encrypted"]
    asked = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(asked.stdout)


def test_plain_http_is_sent_to_https():
    assert answers()["plain"] == [301, "https://localhost/products/?order=name"]


def test_a_browser_is_told_to_stay_with_https():
    assert answers()["page"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_cookies_are_for_this_host_over_https_and_for_no_script():
    cookies = answers()["cookies"]
    assert set(cookies) >= {"__Host-sessionid", "__Host-csrftoken"}
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["domain"], cookie["path"]) == ("", "/")


def test_django_finds_nothing_to_say_about_the_deployment():
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
