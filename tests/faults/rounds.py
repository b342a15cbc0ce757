"""Plays the cells: those with a fault side by side, those with a kill point by point, and judges them all."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.db import connection

from tests.faults import cells, faults, kills, order
from tests.faults.cells import KILLS, Cell
from tests.faults.evidence import facts_of
from tests.faults.judge import Expected, Verdict, judge
from tests.faults.scene import Scene, act, bring_about, clear_away, look, set_up
from tests.faults.settle import Watch
from tests.faults.specials import LONG, SLUGS, SPECIALS
from tests.faults.world import World, running

# A sandbox gives its faults to the next call of an operation, so each lane of scenes has one of its own.
LANES = 6
NAMES = (*cells.BY_NAME, *SLUGS)


def play(folder: Path, names: Sequence[str]) -> list[Verdict]:
    """Play what is named, in one console, and judge it."""
    chosen = [cells.BY_NAME[name] for name in names if name in cells.BY_NAME]
    slugs = {name: SLUGS[name] for name in names if name in SLUGS}
    keys = [*(cell.slug for cell in chosen), *slugs.values()]
    with running(folder, keys, platforms=max(1, min(LANES, len(chosen)))) as world:
        begun = [LONG[name](world, slug) for name, slug in slugs.items() if name in LONG]
        verdicts = _play_cells(world, chosen)
        verdicts += [SPECIALS[name](world, slug) for name, slug in slugs.items() if name in SPECIALS]
        verdicts += [end() for end in begun]
        pages = [page for person in world.people for page in person.pages]
        return [*verdicts, order.verdict_on(world, pages)]


def _play_cells(world: World, chosen: Sequence[Cell]) -> list[Verdict]:
    with Watch() as watch:
        _play_faults(world, [cell for cell in chosen if cell.trouble not in KILLS], watch)
        for trouble in KILLS:
            watch.scenes += kills.play(world, trouble, [cell for cell in chosen if cell.trouble == trouble])
        watch.wait()
        return [_judge(scene, world) for scene in watch.scenes]


def _play_faults(world: World, chosen: Sequence[Cell], watch: Watch) -> None:
    count = len(world.platforms)
    with ThreadPoolExecutor(count) as pool:
        for future in [pool.submit(_play_lane, world, lane, chosen[lane::count], watch) for lane in range(count)]:
            future.result()


def _play_lane(world: World, lane: int, chosen: Sequence[Cell], watch: Watch) -> None:
    person = world.people[lane % len(world.people)].another_browser()
    try:
        for cell in chosen:
            scene = set_up(world, cell, lane)
            watch.scenes.append(scene)
            fault = faults.BY_NAME[cell.trouble]
            bring_about(scene, fault)
            act(scene, person)
            if fault.is_looked_for:
                look(scene)
            clear_away(scene)
    finally:
        connection.close()


def _judge(scene: Scene, world: World) -> Verdict:
    trouble = scene.cell.trouble
    expected = kills.EXPECTED.get(trouble) or _expected(faults.BY_NAME[trouble])
    facts = facts_of(scene, world.people[0])
    return judge(facts, expected, cell=scene.cell.name, trouble=trouble, settled_s=scene.settled_s)


def _expected(fault: faults.Fault) -> Expected:
    return Expected(happens=fault.happens, ends=fault.ends)
