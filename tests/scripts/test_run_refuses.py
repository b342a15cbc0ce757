"""What is wrong before anything starts ends bin/run with one clear line and a non-zero status."""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.scripts.running import environment, free_ports


def refusal(checkout: Path, env: dict[str, str]) -> str:
    done = subprocess.run([checkout / "bin" / "run"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.fixture
def taken():
    """A port in use, with a free one before it."""
    port = free_ports(2) + 1
    with socket.create_server(("127.0.0.1", port)):
        yield port


def test_port_in_use(checkout, taken):
    line = refusal(checkout, environment(checkout, PORT=str(taken)))
    assert line == f"bin/run: port {taken} on 127.0.0.1 is in use; set PORT to another\n"


@pytest.mark.parametrize("offset", [0, 1], ids=["alibaba", "tuya"])
def test_sandbox_port_in_use(checkout, taken, offset):
    line = refusal(checkout, environment(checkout, SANDBOX_PORT=str(taken - offset)))
    assert line == f"bin/run: port {taken} on 127.0.0.1 is in use; set SANDBOX_PORT to another\n"


def test_web_server_and_sandbox_on_one_port(checkout):
    port = str(free_ports(2))
    assert f"port {port} on 127.0.0.1 is in use" in refusal(
        checkout, environment(checkout, PORT=port, SANDBOX_PORT=port)
    )


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "8000.0"])
def test_port_that_is_none(checkout, port):
    line = refusal(checkout, environment(checkout, PORT=port))
    assert line == f"bin/run: PORT={port} is not a number from 1 to 65535\n"


def test_demo_that_is_neither_yes_nor_no(checkout):
    assert refusal(checkout, environment(checkout, DEMO="perhaps")) == "bin/run: DEMO=perhaps is neither 0 nor 1\n"


def test_address_of_another_machine(checkout):
    line = refusal(checkout, environment(checkout, BIND="192.0.2.1"))
    assert line.startswith("bin/run: cannot listen on 192.0.2.1 port ")


def test_unwritable_data_dir(checkout):
    # Below a file: root may write in any folder, but not there.
    (checkout.parent / "file").write_text("")
    folder = checkout.parent / "file" / "data"
    line = refusal(checkout, environment(checkout, DATA_DIR=str(folder)))
    assert line == f"bin/run: cannot write in DATA_DIR {folder}: Not a directory\n"


def test_unwritable_env_file(checkout):
    path = checkout / "missing" / ".env"
    line = refusal(checkout, environment(checkout, ENV_FILE=str(path)))
    assert line == f"bin/run: cannot write {path}: No such file or directory\n"


def test_unreadable_env_file(checkout):
    # A folder: root may read any file.
    line = refusal(checkout, environment(checkout, ENV_FILE=str(checkout)))
    assert line == f"bin/run: cannot read {checkout}: Is a directory\n"


def test_cache_that_does_not_answer(checkout):
    line = refusal(checkout, environment(checkout, CACHE_URL="redis://127.0.0.1:1/0"))
    assert line.startswith("bin/run: the cache does not answer: ")


def test_task_broker_that_does_not_answer(checkout):
    line = refusal(checkout, environment(checkout, TASK_BROKER_URL="redis://127.0.0.1:1/0"))
    assert line.startswith("bin/run: the task broker does not answer: ")


def test_unknown_kind_of_database(checkout):
    assert "DATABASE_URL" in refusal(checkout, environment(checkout, DATABASE_URL="mysql://root@127.0.0.1/console"))
