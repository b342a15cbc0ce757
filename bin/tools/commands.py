"""The processes of a running console, as command lines."""

import sys

from bin.tools.answers import bracketed
from bin.tools.options import Options


def of(chosen: Options) -> dict[str, list[str]]:
    """Return what to start, by the name a person knows it by."""
    commands = {
        "web server": _web_server(chosen),
        "worker": _manage("worker", "--queue=console"),
        "sync worker": _manage("worker", "--queue=syncs"),
        "clock": _manage("clock"),
    }
    if chosen.demo:
        commands["sandbox"] = _sandbox(chosen)
    return commands


def _web_server(chosen: Options) -> list[str]:
    # Threads, because a request may wait on a platform for as long as 15 s.
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class=gthread",
        "--graceful-timeout=20",
        "--timeout=60",
    ]
    sizes = [f"--workers={chosen.web_workers}", f"--threads={chosen.web_threads}"]
    address = f"--bind={bracketed(chosen.bind)}:{chosen.port}"
    return [
        *command,
        *sizes,
        "--log-level=warning",
        "--no-control-socket",
        address,
        "console.wsgi:application",
    ]


def _manage(*command: str) -> list[str]:
    return [sys.executable, "manage.py", *command]


def _sandbox(chosen: Options) -> list[str]:
    ports = [f"--port={chosen.sandbox_port}", f"--tuya-port={chosen.tuya_port}"]
    data = f"--data={chosen.data_dir / 'sandbox.sqlite3'}"
    return [sys.executable, "-m", "console.sandbox", *ports, data, f"--key={chosen.sandbox_key}"]
