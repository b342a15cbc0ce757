import json
import socket
import stat
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from console import env_audit, tasks
from console.models import AuditAnchor, AuditEntry, AuditHead
from console.services import audit_anchor, audit_places
from tests import make

pytestmark = pytest.mark.django_db


class Hook(BaseHTTPRequestHandler):
    """Keeps what it is sent; answers `status`."""

    got: ClassVar[list[tuple[str, str, str]]]
    status = 204

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.got.append((self.path, self.headers["X-Anchor-Signature"], body))
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def hook(answer: int) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    handler = type("Answering", (Hook,), {"got": [], "status": answer})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/anchors?key=k", handler.got
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def entry(db: None) -> AuditEntry:
    return make.entry(None)


@pytest.fixture
def path(tmp_path: Path, settings: Settings) -> Path:
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors")
    return tmp_path / "anchors"


def test_an_anchor_is_signed_over_number_hash_and_moment(entry: AuditEntry):
    anchor = audit_anchor.anchor_now()
    assert (anchor.sequence, anchor.chain_hash) == (entry.pk, entry.chain_hash)
    key = Ed25519PublicKey.from_public_bytes(b64decode(anchor.public_key))
    text = f'{{"at":"{anchor.at.isoformat(timespec="microseconds")}","chain_hash":"{entry.chain_hash}","sequence":1}}'
    key.verify(b64decode(anchor.signature), text.encode())
    assert audit_anchor.is_own(AuditAnchor.objects.get())


def test_another_number_or_moment_is_not_what_was_signed(entry: AuditEntry):
    anchor = audit_anchor.anchor_now()
    anchor.sequence = 2
    assert not audit_anchor.is_own(anchor)
    anchor.sequence, anchor.signature = 1, "not base64"
    assert not audit_anchor.is_own(anchor)


def test_the_file_gets_one_line_for_each(entry: AuditEntry, path: Path):
    anchors = [audit_anchor.anchor_now(), audit_anchor.anchor_now()]
    assert path.read_text() == "".join(f"{audit_anchor.line_of(anchor)}\n" for anchor in anchors)
    assert json.loads(path.read_text().splitlines()[0])["sequence"] == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_that_was_cut_off_does_not_swallow_the_next(entry: AuditEntry, path: Path):
    path.write_text('{"at":')
    anchor = audit_anchor.anchor_now()
    assert path.read_text() == '{"at":\n' + audit_anchor.line_of(anchor) + "\n"


def test_syslog_gets_it_by_a_local_socket_and_by_udp(entry: AuditEntry, tmp_path: Path, settings: Settings):
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote,
    ):
        local.bind(str(tmp_path / "log"))
        remote.bind(("127.0.0.1", 0))
        for address, log in ((str(tmp_path / "log"), local), (f"127.0.0.1:{remote.getsockname()[1]}", remote)):
            log.settimeout(5)
            settings.AUDIT_ANCHOR_SYSLOG = address
            anchor = audit_anchor.anchor_now()
            told = log.recv(4096).decode()
            assert told.startswith("<109>1 - ")
            assert told.endswith(f" ota-console - anchor - {audit_anchor.line_of(anchor)}")


def test_the_webhook_gets_it_with_its_signature(entry: AuditEntry, settings: Settings):
    with hook(204) as (settings.AUDIT_ANCHOR_WEBHOOK, got):
        anchor = audit_anchor.anchor_now()
    assert got == [("/anchors?key=k", f"ed25519={anchor.signature}", audit_anchor.line_of(anchor) + "\n")]
    assert audit_anchor.find_failures() == []


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_an_answer_that_is_not_2xx_is_a_failure_and_is_not_followed(entry: AuditEntry, settings: Settings, status: int):
    with hook(status) as (settings.AUDIT_ANCHOR_WEBHOOK, got):
        audit_anchor.anchor_now()
    assert len(got) == 1
    (failure,) = audit_anchor.find_failures()
    assert f"it answered {status}" in failure.record
    assert "key=k" not in failure.record


def test_who_never_ends_an_answer_is_cut_off(entry: AuditEntry, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit_places, "WEBHOOK_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.AUDIT_ANCHOR_WEBHOOK = f"http://127.0.0.1:{server.getsockname()[1]}/"
        audit_anchor.anchor_now()
    assert [failure.outcome for failure in audit_anchor.find_failures()] == ["not_sent"]


def test_a_place_that_fails_is_told_and_the_others_get_theirs(
    entry: AuditEntry, path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
):
    settings.AUDIT_ANCHOR_SYSLOG = str(path.parent / "nobody")
    anchor = audit_anchor.anchor_now()
    assert audit_anchor.line_of(anchor) in path.read_text()
    (failure,) = audit_anchor.find_failures()
    assert (failure.action, failure.outcome) == ("audit.anchor", "not_sent")
    assert "did not reach the syslog" in caplog.text
    settings.AUDIT_ANCHOR_SYSLOG = ""
    audit_anchor.anchor_now()
    assert audit_anchor.find_failures() == []


def test_the_schedule_anchors_what_is_new_and_nothing_else(entry: AuditEntry):
    tasks.anchor()
    tasks.anchor()
    assert [anchor.sequence for anchor in AuditAnchor.objects.all()] == [1]
    make.entry(None)
    tasks.anchor()
    assert [anchor.sequence for anchor in AuditAnchor.objects.order_by("id")] == [1, 2]
    assert AuditHead.objects.get().sequence == 2


def test_the_command_prints_it_and_is_told(entry: AuditEntry, path: Path, capsys: pytest.CaptureFixture[str]):
    call_command("audit_anchor")
    assert capsys.readouterr().out == path.read_text()
    assert ("audit.anchor", "done") in make.trail()


def test_the_command_fails_when_a_place_did(entry: AuditEntry, settings: Settings):
    settings.AUDIT_ANCHOR_FILE = "/proc/no/such/place"
    with pytest.raises(CommandError, match="1 of 1 places"):
        call_command("audit_anchor")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (env_audit.anchor_file, "anchors.jsonl"),
        (env_audit.anchor_syslog, "host"),
        (env_audit.anchor_webhook, "http://example.com/hook"),
        (env_audit.anchor_webhook, "https://user:secret@example.com/hook"),
        (env_audit.anchor_webhook, "https://example.com:port/"),
        (env_audit.anchor_webhook, "ftp://example.com/"),
        (env_audit.anchor_webhook, "https://"),
    ],
)
def test_a_place_that_cannot_be_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, read: Any, value: str):
    monkeypatch.setenv("PLACE", value)
    with pytest.raises(ImproperlyConfigured, match="PLACE must be"):
        read("PLACE")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (env_audit.anchor_file, "/srv/anchors.jsonl"),
        (env_audit.anchor_syslog, "/dev/log"),
        (env_audit.anchor_syslog, "[::1]:514"),
        (env_audit.anchor_webhook, "https://example.com:8443/hook?key=k"),
        (env_audit.anchor_webhook, "http://127.0.0.1:9/"),
        (env_audit.anchor_webhook, ""),
    ],
)
def test_a_place_that_can_be_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, read: Any, value: str):
    monkeypatch.setenv("PLACE", value)
    assert read("PLACE") == value
