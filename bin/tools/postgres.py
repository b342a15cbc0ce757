"""A PostgreSQL cluster for one test run: on a free port, in a folder of its own, gone afterwards."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bin.tools.spawn import spawn
from bin.tools.terminal import SetupError

PACKAGE = "postgresql"
DEBIAN = Path("/usr/lib/postgresql")
START_LIMIT_S = 30
# Where nothing has to survive a crash.
FAST = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]


def find_programs(debian: Path = DEBIAN) -> Path | None:
    """Return the folder with initdb and postgres; Debian keeps them off PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = [folder / "bin" for folder in debian.glob("*") if (folder / "bin" / "initdb").exists()]
    return max(installed, key=lambda programs: float(programs.parent.name), default=None)


@contextmanager
def temporary_cluster(programs: Path, *, is_durable: bool = False) -> Iterator[str]:
    """Yield a DATABASE_URL with a random password; stop the server and remove its folder in the end.

    A durable one waits for the disk at each commit, as PostgreSQL does when it is delivered.
    """
    password = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="ota-console-postgres-") as folder:
        owner = _owner(Path(folder))
        data = _initialise(programs, Path(folder), password, owner)
        url = f"postgres://console:{password}@127.0.0.1:{_free_port()}/postgres"
        with _serving(programs, data, url, owner, [] if is_durable else FAST):
            yield url


def _owner(folder: Path) -> Mapping[str, Any]:
    """PostgreSQL refuses to run as root: hand the folder to an unprivileged user then."""
    if os.geteuid() != 0:
        return {}
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    shutil.chown(folder, user.pw_uid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(programs: Path, folder: Path, password: str, owner: Mapping[str, Any]) -> Path:
    # A password, not trust: any other user of this machine could reach the port.
    secret = folder / "password"
    secret.write_text(password)
    if owner:
        shutil.chown(secret, owner["user"])
    options = ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-U", "console"]
    command = [str(programs / "initdb"), "-D", str(folder / "data"), f"--pwfile={secret}", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **owner)
    if done.returncode:
        raise SetupError(f"initdb failed: {done.stderr.strip()}")
    return folder / "data"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def _serving(
    programs: Path, data: Path, url: str, owner: Mapping[str, Any], durability: Sequence[str]
) -> Iterator[None]:
    reached = ["listen_addresses=127.0.0.1", f"port={urlsplit(url).port}", "unix_socket_directories="]
    settings = [*durability, *reached, "max_connections=200"]
    command = [
        str(programs / "postgres"),
        "-D",
        str(data),
        *(part for setting in settings for part in ("-c", setting)),
    ]
    with (data.parent / "log").open("wb") as log:
        server = spawn(command, cwd=data, stdout=log, stderr=log, **owner)
    try:
        _wait_until_ready(url, server, data.parent / "log")
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while not _accepts(url):
        if server.poll() is not None or time.monotonic() > deadline:
            raise SetupError(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()}")
        time.sleep(0.1)


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
