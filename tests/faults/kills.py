"""Kills a process at an exact point of four deeds at once, and starts it again as a supervisor would."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import transaction

from console.models import Account, Lane, Operation
from console.services import quota_limits, quota_slots
from tests.faults import plans
from tests.faults.cells import WEB_KILLS, WORKER_KILLS, Cell
from tests.faults.faults import ADOPTED, DONE, RETRYABLE
from tests.faults.judge import Expected
from tests.faults.plans import Hold
from tests.faults.scene import Scene, act, set_up
from tests.faults.world import WEB, WORKER, World

REACH_LIMIT_S = 30
LOOKS = {"CreateProduct": "QueryProductList"}

PLANNED, UNDELIVERED, DELIVERED_LATER, COMMITTED, ANSWERED = WEB_KILLS
(LOOKING,) = WORKER_KILLS
EXPECTED = {
    PLANNED: Expected(happens=True, ends=(DONE,)),
    UNDELIVERED: Expected(happens=False, ends=(RETRYABLE,)),
    DELIVERED_LATER: Expected(happens=True, ends=(ADOPTED,)),
    COMMITTED: Expected(happens=True, ends=(ADOPTED,)),
    ANSWERED: Expected(happens=True, ends=(ADOPTED,)),
    LOOKING: Expected(happens=True, ends=(ADOPTED,)),
}


def play(world: World, trouble: str, cells: Sequence[Cell]) -> list[Scene]:
    """Set the scenes up, bring all to the point, kill, start again."""
    if not cells:
        return []
    scenes = [set_up(world, cell, lane % len(world.platforms)) for lane, cell in enumerate(cells)]
    with ThreadPoolExecutor(len(scenes)) as pool:
        _POINTS[trouble](world, scenes, pool)
    return scenes


def _act_all(world: World, scenes: Sequence[Scene], pool: ThreadPoolExecutor) -> list[Future[None]]:
    pairs = [(scene, world.people[lane % 2].another_browser()) for lane, scene in enumerate(scenes)]
    return [pool.submit(act, scene, person) for scene, person in pairs]


def _hold(scenes: Sequence[Scene], *, forward_first: bool) -> list[Hold]:
    holds = [Hold(forward_first=forward_first) for _ in scenes]
    for scene, hold in zip(scenes, holds, strict=True):
        scene.proxy.arm(scene.deed.call, hold)
    return holds


def _reach(holds: Sequence[Hold]) -> None:
    _until(lambda: all(hold.reached.is_set() for hold in holds))


def _kill(world: World, name: str, scenes: Sequence[Scene], futures: Sequence[Future[None]] = ()) -> None:
    world.kill(name)
    for future in futures:
        future.result()
    world.restart(name)
    for scene in scenes:
        scene.end()


def _planned(world: World, scenes: Sequence[Scene], pool: ThreadPoolExecutor) -> None:
    """The quota is used up, so that what is recorded waits for its turn."""
    for scene in scenes:
        _use_up(scene)
    futures = _act_all(world, scenes, pool)
    keys = [scene.account.pk for scene in scenes]
    _until(lambda: Operation.objects.filter(account_id__in=keys, state="planned").count() == len(scenes))
    _kill(world, WEB, scenes, futures)


def _use_up(scene: Scene) -> None:
    quota_limits.ensure(scene.account, scene.deed.call)
    while quota_slots.lease(scene.account, scene.deed.call, lane=Lane.FORM):
        pass


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + REACH_LIMIT_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the point of the kill was not reached")
        time.sleep(0.02)


def _undelivered(world: World, scenes: Sequence[Scene], pool: ThreadPoolExecutor) -> None:
    holds = _hold(scenes, forward_first=False)
    futures = _act_all(world, scenes, pool)
    _reach(holds)
    _kill(world, WEB, scenes, futures)


def _delivered_later(world: World, scenes: Sequence[Scene], pool: ThreadPoolExecutor) -> None:
    holds = _hold(scenes, forward_first=False)
    futures = _act_all(world, scenes, pool)
    _reach(holds)
    world.kill(WEB)
    time.sleep(0.5)
    for hold in holds:
        hold.released.set()
    _kill(world, WEB, scenes, futures)


def _committed(world: World, scenes: Sequence[Scene], pool: ThreadPoolExecutor) -> None:
    holds = _hold(scenes, forward_first=True)
    futures = _act_all(world, scenes, pool)
    _reach(holds)
    _kill(world, WEB, scenes, futures)


def _answered(world: World, scenes: Sequence[Scene], pool: ThreadPoolExecutor) -> None:
    holds = _hold(scenes, forward_first=True)
    futures = _act_all(world, scenes, pool)
    _reach(holds)
    with _nothing_settles(scenes):
        for hold in holds:
            hold.released.set()
        for hold in holds:
            hold.passed_on.wait(REACH_LIMIT_S)
        # The answers are in the console's sockets: let it read them and come to the lock.
        time.sleep(0.3)
        world.kill(WEB)
    _kill(world, WEB, scenes, futures)


@contextmanager
def _nothing_settles(scenes: Sequence[Scene]) -> Iterator[None]:
    """Hold what every settlement locks first: the account's row, on SQLite the whole database."""
    keys = [scene.account.pk for scene in scenes]
    with transaction.atomic():
        list(Account.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
        yield


def _looking(world: World, scenes: Sequence[Scene], pool: ThreadPoolExecutor) -> None:
    """The answer is lost, the reconciler looks, and its worker is killed while it does."""
    looks = []
    for scene in scenes:
        scene.proxy.arm(scene.deed.call, plans.reset_after)
        look = Hold(forward_first=True)
        scene.proxy.arm(LOOKS.get(scene.deed.call, "ListOTAModuleByProduct"), look)
        looks.append(look)
    for future in _act_all(world, scenes, pool):
        future.result()
    # One worker looks at one thing after the other, so the others may be looked at only after the kill.
    _until(lambda: any(look.reached.is_set() for look in looks))
    for look in looks:
        look.released.set()
    _kill(world, WORKER, scenes)


_POINTS: dict[str, Callable[[World, Sequence[Scene], ThreadPoolExecutor], None]] = {
    PLANNED: _planned,
    UNDELIVERED: _undelivered,
    DELIVERED_LATER: _delivered_later,
    COMMITTED: _committed,
    ANSWERED: _answered,
    LOOKING: _looking,
}
