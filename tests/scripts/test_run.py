"""bin/run from a fresh checkout: it serves, it stops, and nothing stays behind."""

import http.client
import os
import re
import signal
import stat
import subprocess
import sys
from contextlib import suppress

import pytest
import requests

from tests.scripts.machine import wait_for
from tests.scripts.running import descendants, is_open, wait_until_gone

PROCESSES = {
    "gunicorn": "web server",
    "--queue=console": "worker",
    "--queue=syncs": "sync worker",
    "manage.py clock": "clock",
    "console.sandbox": "sandbox",
}


def may_browse(console, user: str, password: str) -> bool:
    """Sign in through the page and look at the products."""
    with requests.Session() as session:
        form = session.get(f"{console.url}/auth/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        fields = {"login": user, "password": password, "csrfmiddlewaretoken": token}
        session.post(f"{console.url}/auth/login/", data=fields)
        page = session.get(f"{console.url}/products/", allow_redirects=False)
        return page.status_code == http.client.OK


def env_value(checkout, name: str) -> str:
    return re.search(rf"^{name}=(.+)$", (checkout / ".env").read_text(), re.MULTILINE)[1]


def pid_of(console, part: str) -> int:
    """The oldest process with this in its command line: the one that bin/run started."""
    return min(pid for pid, command in descendants(console.process.pid).items() if part in command)


def shell(console, checkout, code: str) -> bytes:
    manage = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.check_output(manage, cwd=checkout, env=console.environment)


def test_first_and_second_start(launch, checkout):
    console = launch()
    password = env_value(checkout, "DEMO_PASSWORD")
    assert f"OTA Console answers at {console.url}/\n" in console.output
    assert password in console.output
    assert "Traceback" not in console.output
    assert stat.S_IMODE((checkout / ".env").stat().st_mode) == 0o600
    for user in ("pm", "viewer", "auditor", "admin"):
        assert may_browse(console, user, password), user
    written = (checkout / ".env").read_text()
    assert console.stop() == 0

    again = launch()
    assert (checkout / ".env").read_text() == written
    assert may_browse(again, "pm", password)


def test_an_oversized_form_gets_its_answer(launch):
    console = launch()
    form = {"product_name": "x" * 5_000_000}
    answer = requests.post(f"{console.url}/auth/login/", data=form, timeout=20)
    assert answer.status_code == http.client.REQUEST_ENTITY_TOO_LARGE
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all(launch, number):
    console = launch()
    family = descendants(console.process.pid)
    for part in PROCESSES:
        assert any(part in command for command in family.values()), part
    assert console.stop(number) == 0
    wait_until_gone(family)
    assert not is_open(int(console.environment["PORT"]))
    assert not is_open(console.sandbox_port)


def test_nothing_survives_a_kill(launch):
    console = launch()
    family = descendants(console.process.pid)
    console.stop(signal.SIGKILL)
    wait_until_gone(family)


def test_after_a_kill_of_all_it_starts_again(launch, checkout):
    console = launch()
    password = env_value(checkout, "DEMO_PASSWORD")
    family = descendants(console.process.pid)
    for pid in (console.process.pid, *family):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until_gone(family)
    shell(console, checkout, "from console.models import Heartbeat; Heartbeat.objects.all().delete()")
    again = launch()
    assert may_browse(again, "pm", password)
    wait_for(lambda: worker_of(again) == "alive")


def worker_of(console) -> str:
    return requests.get(f"{console.url}/readyz", timeout=20).json()["worker"]


@pytest.mark.parametrize("part", PROCESSES)
def test_one_that_dies_ends_the_rest(launch, part):
    console = launch()
    family = descendants(console.process.pid)
    os.kill(pid_of(console, part), signal.SIGKILL)
    assert console.process.wait(30) == 1
    assert f": the {PROCESSES[part]} ended by signal 9; the rest was stopped\n" in console.output
    wait_until_gone(family)


def test_a_second_one_says_that_the_port_is_in_use(launch, checkout):
    console = launch()
    port = console.environment["PORT"]
    second = [checkout / "bin" / "run"]
    done = subprocess.run(second, env=console.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"bin/run: port {port} on 127.0.0.1 is in use; set PORT to another\n"


def test_without_the_demonstration(launch, checkout):
    console = launch(DEMO="0")
    assert not is_open(console.sandbox_port)
    assert not is_open(console.sandbox_port + 1)
    assert env_value(checkout, "DEMO_PASSWORD") not in console.output
    counts = "from console.models import Account, User; print(Account.objects.count(), User.objects.count())"
    assert shell(console, checkout, counts) == b"0 0\n"


def test_data_is_kept_from_others(launch, checkout):
    launch(DATA_DIR="elsewhere")
    files = list((checkout / "elsewhere").glob("*.sqlite3*"))
    assert files
    assert not [path for path in files if path.stat().st_mode & 0o077]
    assert stat.S_IMODE((checkout / "elsewhere").stat().st_mode) == 0o700
