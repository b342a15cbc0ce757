"""Many at once: the same form from every side, one name from many tabs, one room for ten, a browser that leaves."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.faults import plans
from tests.faults.cells import Cell
from tests.faults.deeds import CREATE_MODULE
from tests.faults.evidence import facts_of
from tests.faults.faults import DONE
from tests.faults.judge import HONEST, Expected, Verdict, judge
from tests.faults.person import Person
from tests.faults.scene import Scene, set_up
from tests.faults.settle import Watch
from tests.faults.world import World

DONE_ONCE = Expected(happens=True, ends=(DONE,))
MOST_MODULES = 10


def same_form(world: World, slug: str) -> Verdict:
    """Fifty times the same form: one operation, one call."""
    scene = _scene(world, slug)
    form = world.people[0].form(_new_module(scene)) | {"module_name": scene.name}
    return _judge(world, scene, "crowd: 50 submits of one form", _send_at_once(world, scene, [form] * 50))


def same_name(world: World, slug: str) -> Verdict:
    """Twenty tabs of two people, one name in many letter cases: one of them gets it."""
    scene = _scene(world, slug)
    names = [_variant(scene.name, number) for number in range(20)]
    person = world.people[0]
    forms = [person.form(_new_module(scene)) | {"module_name": name} for name in names]
    return _judge(world, scene, "crowd: 20 tabs with one name", _send_at_once(world, scene, forms))


def last_room(world: World, slug: str) -> Verdict:
    """Ten different modules where there is room for one."""
    scene = _scene(world, slug)
    for number in range(MOST_MODULES - 1):
        _add_module(scene, f"there_{number}")
    # What the console knows comes from the platform.
    world.people[0].post(f"/products/{scene.product_id}/refresh/")
    forms = [
        world.people[0].form(_new_module(scene)) | {"module_name": f"{scene.name}_{number}"} for number in range(10)
    ]
    statuses = _send_at_once(world, scene, forms)
    won = [operation for operation in scene.operations() if operation.state == DONE]
    scene.name = won[0].target_name if won else scene.name
    return _judge(world, scene, "crowd: 10 submits at 9 of 10", statuses)


def browser_leaves(world: World, slug: str) -> Verdict:
    """Somebody sends the form and closes the window before the platform has answered."""
    scene = _scene(world, slug)
    scene.proxy.arm(scene.deed.call, plans.jittered(0.5, 0.5))
    person = world.people[0]
    form = person.form(_new_module(scene)) | {"module_name": scene.name}
    try:
        person.send(_new_module(scene), form, wait_s=0.2)
    except requests.Timeout:
        return _judge(world, scene, "crowd: browser leaves", [])
    raise RuntimeError("the platform answered before the browser could leave")


def _scene(world: World, slug: str) -> Scene:
    return set_up(world, Cell(CREATE_MODULE, "none", slug=slug), lane=0)


def _new_module(scene: Scene) -> str:
    return f"/products/{scene.product_id}/modules/new/"


def _variant(name: str, number: int) -> str:
    """The same name in another letter case for each number."""
    return "".join(letter.upper() if number >> index & 1 else letter.lower() for index, letter in enumerate(name))


def _add_module(scene: Scene, name: str) -> None:
    scene.platform.control("POST", f"products/{scene.product_key}/modules", module_name=name)


def _send_at_once(world: World, scene: Scene, forms: Sequence[dict[str, str]]) -> list[int]:
    browsers = [world.people[0].another_browser() for _ in forms]
    path = _new_module(scene)

    def send(browser: Person, form: dict[str, str]) -> int:
        return browser.send(path, form).status_code

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, browsers, forms))


def _judge(world: World, scene: Scene, trouble: str, statuses: Sequence[int]) -> Verdict:
    scene.end()
    with Watch([scene]) as watch:
        watch.wait()
    facts = facts_of(scene, world.people[0])
    verdict = judge(facts, DONE_ONCE, cell=trouble, trouble=trouble, settled_s=scene.settled_s)
    verdict.wrong += [f"a browser was answered {status}" for status in set(statuses) - HONEST]
    return verdict


CASES: dict[str, Callable[[World, str], Verdict]] = {
    "crowd: 50 submits of one form": same_form,
    "crowd: 20 tabs with one name": same_name,
    "crowd: 10 submits at 9 of 10": last_room,
    "crowd: browser leaves": browser_leaves,
}
