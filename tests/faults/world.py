"""A whole console as bin/run starts it: web server, worker, clock, and sandboxes for platforms."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bin.tools import commands, options
from bin.tools.answers import web_answers
from console.models import Account, User
from console.services import accounts
from console.services.roles import Role, grant
from tests.faults import platform
from tests.faults.person import Person
from tests.faults.platform import Platform
from tests.faults.processes import Supervised

PEOPLE = ("wang", "li")
START_LIMIT_S = 60
WEB, WORKER, SYNC_WORKER = "web server", "worker", "sync worker"


@dataclass(slots=True)
class World:
    """`processes` are the console's, by the name that bin/run calls them; `keys` are of the platforms' accounts."""

    folder: Path
    port: int
    processes: dict[str, Supervised]
    platforms: list[Platform]
    keys: dict[str, str]
    people: list[Person] = field(default_factory=list)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def secrets(self) -> list[str]:
        """What must never be seen on a page, in the trail or in a log."""
        return [*self.keys.values(), self.password, os.environ["SECRET_KEY"], os.environ["SEAL_KEYS"]]

    def start(self) -> None:
        for process in self.processes.values():
            process.start()
        self.wait_for_web()

    def wait_for_web(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while not web_answers("127.0.0.1", self.port):
            self.processes[WEB].require_alive()
            if time.monotonic() > deadline:
                raise TimeoutError(self.processes[WEB].output())
            time.sleep(0.05)

    def kill(self, *names: str) -> None:
        for name in names:
            self.processes[name].kill()

    def restart(self, *names: str) -> None:
        """Start again what was killed, as a supervisor would."""
        for name in names:
            self.processes[name].restart()
        if WEB in names:
            self.wait_for_web()

    def let_people_in(self) -> None:
        """Two product managers, each signed in."""
        for name in PEOPLE:
            grant(User.objects.create_user(name, password=self.password), Role.PRODUCT_MANAGER)
            person = Person(self.base, name)
            person.sign_in(self.password)
            self.people.append(person)

    def enter_account(self, slug: str, dialect: str, endpoint: str) -> Account:
        """An account with a key, and so a quota, of its own; one of Alibaba's also sees only its own products."""
        is_tuya = dialect == "tuya"
        entry = accounts.AccountEntry(
            slug=slug,
            title=f"Account {slug}",
            platform=dialect,
            endpoint=endpoint,
            signature_scheme="rpc-v1" if is_tuya else "acs3",
            access_key_id=slug,
            access_key_secret=self.keys[slug],
            region="" if is_tuya else "cn-shanghai",
            iot_instance_id="" if is_tuya else slug,
        )
        return accounts.create(entry=entry, actor=None)

    def logs(self) -> str:
        return "\n".join(process.output() for process in self.processes.values())


@contextmanager
def running(folder: Path, slugs: list[str], *, platforms: int = 1) -> Iterator[World]:
    """A console with nobody's products; every slug has a key on every platform."""
    keys = {slug: secrets.token_urlsafe(24) for slug in slugs}
    pairs = [f"{slug}:{secret}" for slug, secret in keys.items()]
    processes = _processes(folder)
    sandboxes = [platform.start(folder, f"sandbox{number}", pairs) for number in range(platforms)]
    world = World(folder, int(os.environ["PORT"]), processes, sandboxes, keys)
    try:
        world.start()
        world.let_people_in()
        yield world
    finally:
        for process in [*processes.values(), *(each.process for each in sandboxes)]:
            process.kill()


def _processes(folder: Path) -> dict[str, Supervised]:
    lines = commands.of(options.load(Path(os.devnull)))
    return {name: Supervised(name, line, folder) for name, line in lines.items()}
