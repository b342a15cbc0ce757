"""Everything that is checked without running a test: all of it runs, and every failure is reported."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bin.tools import ROOT, clean_environment
from bin.tools.terminal import say, status_of

PROGRAMS = Path(sys.executable).parent
CODE = ["console", "bin", "tests", "manage.py"]


def _commands() -> dict[str, list[str]]:
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    return {
        "ruff check": ["ruff", "check", *CODE],
        "ruff format": ["ruff", "format", "--check", *CODE],
        "mypy": ["mypy", "--explicit-package-bases", "console", "bin"],
        "import-linter": ["lint-imports"],
        "djlint": ["djlint", "--lint", "--quiet", "templates"],
        "djade": ["djade", "--check", "--target-version", "5.2", *templates],
        "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
        "deployment": ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    }


def main() -> int:
    """Print what each failed check said; 1 when there was one."""
    commands = _commands()
    # Two at a time, and the slowest first, so that it does not keep the others waiting.
    order = sorted(commands, key=lambda name: name != "mypy")
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = dict(zip(order, pool.map(lambda name: _run(commands[name]), order), strict=True))
    failed = [name for name in commands if outcomes[name].returncode]
    for name in failed:
        say(f"--- {name}\n{outcomes[name].stdout.rstrip()}")
    say(f"Failed checks: {', '.join(failed)}" if failed else f"{len(commands)} checks passed")
    return 1 if failed else 0


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    env = clean_environment.make() | {"HTTPS": "1", "DATABASE_URL": "sqlite://:memory:"}
    located = [str(PROGRAMS / command[0]), *command[1:]]
    return subprocess.run(
        located,
        cwd=ROOT,
        env=env,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


if __name__ == "__main__":
    sys.exit(status_of("bin/check", main))
