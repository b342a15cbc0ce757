"""Set up an installation and run its web server, workers, clock and sandbox until told to stop."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from bin.tools import ROOT, commands, env_file, options
from bin.tools.answers import bracketed, port_answers, reachable, web_answers
from bin.tools.doors import Door, require_free, require_writable
from bin.tools.family import Family
from bin.tools.options import Options
from bin.tools.terminal import SetupError, say, status_of

LOOPBACK = "127.0.0.1"
START_LIMIT_S = 90


def main() -> int:
    """Run in the foreground; 0 after Ctrl-C or SIGTERM."""
    os.umask(0o077)
    _listen_to_signals()
    try:
        _run(_settings())
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def _listen_to_signals() -> None:
    """Treat SIGTERM and a closed terminal like Ctrl-C; under nohup a closed terminal means nothing."""
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _settings() -> Options:
    path = Path(os.environ.get("ENV_FILE") or ROOT / ".env")
    if env_file.create(path):
        say(f"Made {path} with random keys")
    chosen = options.load(path)
    # What is started from here must read the same file and write in the same folder, wherever it runs.
    os.environ |= {"ENV_FILE": str(path), "DATA_DIR": str(chosen.data_dir)}
    return chosen


def _run(chosen: Options) -> None:
    require_free(_doors(chosen))
    require_writable(chosen.data_dir)
    how_to_sign_in = _prepare()
    with Family() as family:
        for name, command in commands.of(chosen).items():
            family.start(name, command)
        _wait_for_answers(family, chosen)
        say(f"\nOTA Console answers at http://{bracketed(reachable(chosen.bind))}:{chosen.port}/")
        say(f"{how_to_sign_in}Ctrl-C stops it.")
        _watch(family)


def _doors(chosen: Options) -> list[Door]:
    doors = [Door(chosen.bind, chosen.port, "PORT")]
    if chosen.demo:
        doors += [Door(LOOPBACK, port, "SANDBOX_PORT") for port in (chosen.sandbox_port, chosen.tuya_port)]
    return doors


def _prepare() -> str:
    """Return what the demonstration has to say about signing in; empty without one."""
    command = [sys.executable, "-m", "bin.tools.prepare"]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        # It has said why.
        sys.exit(1)
    return done.stdout


def _wait_for_answers(family: Family, chosen: Options) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while not _all_answer(chosen):
        family.require_alive()
        if time.monotonic() > deadline:
            raise SetupError(f"no answer from what was started within {START_LIMIT_S} s")
        time.sleep(0.1)
    # The workers and the clock answer nobody: that none has ended meanwhile is all there is to see.
    family.require_alive()


def _all_answer(chosen: Options) -> bool:
    sandboxes = [chosen.sandbox_port, chosen.tuya_port] if chosen.demo else []
    waiting = [port for port in sandboxes if not port_answers(LOOPBACK, port)]
    return not waiting and web_answers(reachable(chosen.bind), chosen.port)


def _watch(family: Family) -> None:
    while True:
        family.require_alive()
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(status_of("bin/run", main))
