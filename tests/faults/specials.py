"""The cases that are not a deed with a fault: each plays by itself and says its own verdict."""

from collections.abc import Callable

from tests.faults import blackout, crowd, sync_kill, together
from tests.faults.judge import Verdict
from tests.faults.world import World

# Played one after the other.
SPECIALS: dict[str, Callable[[World, str], Verdict]] = {
    **crowd.CASES,
    together.NAME: together.play,
    blackout.NAME: blackout.play,
}
# Begun before everything else and judged after it, since they take their time.
LONG: dict[str, Callable[[World, str], Callable[[], Verdict]]] = {sync_kill.NAME: sync_kill.begin}
SLUGS = {name: f"special-{number}" for number, name in enumerate([*SPECIALS, *LONG])}
QUICK = ("crowd: 50 submits of one form", "crowd: 20 tabs with one name")
