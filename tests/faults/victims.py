"""Who is killed, how, and how it comes back."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from tests.faults.world import WEB, WORKER, World
from tests.scripts.running import descendants

WEB_CHILD, EVERYTHING = "web server's child", "everything"
# The web server most often, since it is what people's requests depend on.
VICTIMS = (WEB, WEB, WEB, WEB_CHILD, WORKER, "sync worker", "clock", EVERYTHING, EVERYTHING)


def strike(world: World, victim: str) -> Callable[[], None]:
    """SIGKILL; what is returned brings back what a supervisor would bring back."""
    if victim == WEB_CHILD:
        _kill_child(world)
        return world.wait_for_web
    names = list(world.processes) if victim == EVERYTHING else [victim]
    world.kill(*names)
    return lambda: world.restart(*names)


def _kill_child(world: World) -> None:
    """gunicorn itself starts another one."""
    process = world.processes[WEB].process
    for pid in descendants(process.pid) if process else ():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
