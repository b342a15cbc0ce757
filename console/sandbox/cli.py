"""The command line of the sandbox, the same for `manage.py sandbox` and `python -m console.sandbox`."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

from console.sandbox.backend import Settings
from console.sandbox.server import DEFAULT_KEYS, Sandbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to bind")
    parser.add_argument("--port", type=int, default=8686, help="port of the Alibaba dialect, 0 for any")
    parser.add_argument("--tuya-port", type=int, default=8687, help="port of the Tuya dialect, 0 for any")
    parser.add_argument("--data", default="var/sandbox.sqlite3", help='file of its own, or ":memory:"')
    parser.add_argument("--key", action="append", default=[], metavar="ID:SECRET", help="may be repeated")
    parser.add_argument("--region", default="cn-shanghai", help="region it pretends to be")
    parser.add_argument("--no-limits", action="store_true", help="do not throttle")
    parser.add_argument("--list-default-module", action="store_true", help="list the built-in module too")
    parser.add_argument("--tuya-doc", action="store_true", help="Tuya lists of one are a single object")


def main() -> int:
    """Run from `python -m console.sandbox`; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m console.sandbox", description="The local platform.")
    add_arguments(parser)
    return run(vars(parser.parse_args()))


def run(options: dict[str, Any]) -> int:
    """Serve until SIGTERM or Ctrl-C; return 0, or 1 after one clear line when it cannot start."""
    try:
        sandbox = _build(options)
    except (OSError, OverflowError, ValueError, sqlite3.Error) as error:
        sys.stderr.write(f"sandbox: {_explain(error, options)}\n")
        return 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with sandbox:
        sys.stdout.write(f"sandbox ready alibaba={sandbox.url} tuya={sandbox.tuya_url}\n")
        sys.stdout.flush()
        stop.wait()
    return 0


def _build(options: dict[str, Any]) -> Sandbox:
    data = options["data"]
    if data != ":memory:":
        Path(data).parent.mkdir(parents=True, exist_ok=True)
    return Sandbox(
        data=data,
        host=options["host"],
        port=options["port"],
        tuya_port=options["tuya_port"],
        keys=_read_keys(options["key"]),
        limits=not options["no_limits"],
        region=options["region"],
        settings=Settings(list_default_module=options["list_default_module"], tuya_doc=options["tuya_doc"]),
    )


def _read_keys(pairs: list[str]) -> dict[str, str]:
    keys = dict(pair.partition(":")[::2] for pair in pairs)
    if not all(keys.values()) or "" in keys:
        raise ValueError("--key takes ID:SECRET.")
    return keys or DEFAULT_KEYS


def _explain(error: Exception, options: dict[str, Any]) -> str:
    if isinstance(error, sqlite3.Error):
        return f"cannot open {options['data']}: {error}"
    if isinstance(error, OSError) and error.filename is None:
        ports = f"{options['port']} or {options['tuya_port']}"
        return f"cannot listen on {options['host']} port {ports}: {error.strerror}"
    return str(error)
