"""Several reconcilers at once on the same operations: each is settled once and told of once."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from console.services import reconciler
from tests.faults import plans
from tests.faults.cells import Cell
from tests.faults.deeds import CREATE_MODULE
from tests.faults.evidence import facts_of
from tests.faults.faults import ADOPTED
from tests.faults.judge import Expected, Verdict, judge
from tests.faults.scene import act, set_up
from tests.faults.settle import Watch
from tests.faults.world import World

NAME = "reconcilers: six at once"


def play(world: World, slug: str) -> Verdict:
    scene = set_up(world, Cell(CREATE_MODULE, "none", slug=slug), lane=0)
    scene.proxy.arm(scene.deed.call, plans.reset_after)
    act(scene, world.people[0])
    with ThreadPoolExecutor(6) as pool, Watch([scene]) as watch:
        for future in [pool.submit(_reconcile) for _ in range(6)]:
            future.result()
        watch.wait()
    facts = facts_of(scene, world.people[0])
    expected = Expected(happens=True, ends=(ADOPTED,))
    return judge(facts, expected, cell=NAME, trouble=NAME, settled_s=scene.settled_s)


def _reconcile() -> None:
    try:
        reconciler.run_due()
    finally:
        connection.close()
