"""`manage.py sandbox` is the command line of the sandbox under Django's roof."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.sandbox.caller import Caller

ROOT = Path(__file__).parents[2]


def test_it_says_why_it_does_not_start(capsys):
    with pytest.raises(SystemExit) as caught:
        call_command("sandbox", "--host", "0.0.0.0", "--data", ":memory:")
    assert caught.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_it_serves_until_it_is_told_to_stop(tmp_path):
    settings = {
        "SECRET_KEY": "k" * 60,
        "SEAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "DATA_DIR": str(tmp_path),
    }
    command = [
        sys.executable,
        "manage.py",
        "sandbox",
        "--port",
        "0",
        "--tuya-port",
        "0",
        "--data",
        ":memory:",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True
    ) as process:
        ready = process.stdout.readline().split()
        Caller(ready[2].removeprefix("alibaba=")).ok("ListThingTemplates")
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
