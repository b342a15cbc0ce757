"""What bin/run takes from the environment and `.env`: the same settings that the console reads."""

import os
from dataclasses import dataclass
from pathlib import Path

import environ

from bin.tools import ROOT
from bin.tools.terminal import SetupError

LAST_PORT = 65535
TRUE, FALSE = frozenset(environ.Env.BOOLEAN_TRUE_STRINGS), frozenset({"", "0", "false", "no", "off", "n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    bind: str
    port: int
    sandbox_port: int
    data_dir: Path
    demo: bool
    sandbox_key: str
    web_workers: int
    web_threads: int

    @property
    def tuya_port(self) -> int:
        return self.sandbox_port + 1


def load(env_file: Path) -> Options:
    """Read the settings, the process environment before `env_file`; raise SetupError for a bad value."""
    if env_file.is_file():
        environ.Env.read_env(env_file)
    return Options(
        bind=os.environ.get("BIND") or "127.0.0.1",
        port=_number("PORT", 8000, LAST_PORT),
        sandbox_port=_number("SANDBOX_PORT", 8686, LAST_PORT - 1),
        data_dir=ROOT / (os.environ.get("DATA_DIR") or "var"),
        demo=_flag("DEMO", default=True),
        sandbox_key=os.environ.get("SANDBOX_KEY") or "sandbox-id:sandbox-secret",
        web_workers=_number("WEB_WORKERS", 2, 64),
        web_threads=_number("WEB_THREADS", 16, 256),
    )


def _number(name: str, default: int, largest: int) -> int:
    text = os.environ.get(name) or str(default)
    if text.isascii() and text.isdigit() and 1 <= int(text) <= largest:
        return int(text)
    raise SetupError(f"{name}={text} is not a number from 1 to {largest}")


def _flag(name: str, *, default: bool) -> bool:
    text = os.environ.get(name, str(default)).lower()
    if text in TRUE | FALSE:
        return text in TRUE
    raise SetupError(f"{name}={text} is neither 0 nor 1")
