"""The long run: waves of deeds, a kill in the middle of each, and every deed judged once nothing of it is in flight."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from console.models import Account, Operation
from tests.faults import order, plans
from tests.faults.evidence import collect
from tests.faults.judge import IN_FLIGHT, Verdict
from tests.faults.pool import Pool, Task, do
from tests.faults.proxy import Exchange, Proxy, relay
from tests.faults.settle import LIMIT_S, PERIOD_S
from tests.faults.victims import VICTIMS, strike
from tests.faults.world import World, running

SLUGS = [f"soak-{number}" for number in range(4)]
TASKS_PER_WAVE = 6
LONGEST_WAVE_S = 1.5
SAY_EVERY = 10
WRITES = ("CreateProduct", "CreateOTAModule", "UpdateOTAModule", "DeleteOTAModule")


@dataclass(slots=True)
class Wave:
    """What was under way when `victim` was killed; `hit` operations were in flight at that moment."""

    number: int
    victim: str
    hit: int
    tasks: Sequence[Task]
    ended_at: float


def play(folder: Path, *, kills: int, seed: int, say: Callable[[str], None]) -> list[Verdict]:
    choice = random.Random(seed)
    with running(folder, SLUGS) as world:
        pool = Pool(_accounts(world, choice), choice)
        waiting: list[Wave] = []
        verdicts: list[Verdict] = []
        hit = 0
        for number in range(1, kills + 1):
            wave = _wave(world, pool, choice, number)
            waiting.append(wave)
            hit += wave.hit
            verdicts += _judge_settled(world, waiting, pool)
            if number % SAY_EVERY == 0:
                say(_progress(number, verdicts))
        say(f"{hit} operations were on their way when something was killed")
        _wait(waiting)
        verdicts += [_judge(world, wave) for wave in waiting]
        pages = [page for person in world.people for page in person.pages]
        return [*verdicts, order.verdict_on(world, pages)]


def _progress(number: int, verdicts: Sequence[Verdict]) -> str:
    not_right = sum(bool(verdict.complaints) for verdict in verdicts)
    return f"{number} kills, {len(verdicts)} judged, {not_right} of them not right"


def _accounts(world: World, choice: random.Random) -> list[tuple[Account, Proxy]]:
    pairs = []
    for slug in SLUGS:
        proxy = Proxy(world.platforms[0].address("alibaba"))
        proxy.always(_slow_writes(random.Random(choice.random())))
        pairs.append((world.enter_account(slug, "alibaba", proxy.url), proxy))
    return pairs


def _slow_writes(choice: random.Random) -> Callable[[Exchange], bool]:
    """Long enough on their way to be met by a kill, short enough not to time out."""

    def plan(exchange: Exchange) -> bool:
        if exchange.seen.action not in WRITES:
            return relay(exchange)
        return plans.jittered(choice.uniform(0, 0.6), choice.uniform(0, 0.6))(exchange)

    return plan


def _wave(world: World, pool: Pool, choice: random.Random, number: int) -> Wave:
    tasks = [pool.take() for _ in range(TASKS_PER_WAVE)]
    victim = choice.choice(VICTIMS)
    began = timezone.now()
    with ThreadPoolExecutor(len(tasks)) as threads:
        for index, task in enumerate(tasks):
            threads.submit(do, task, world.people[index % len(world.people)].another_browser())
        time.sleep(choice.uniform(0, LONGEST_WAVE_S))
        hit = Operation.objects.filter(state__in=("planned", "sent"), created_at__gte=began).count()
        restart = strike(world, victim)
    restart()
    return Wave(number, victim, hit, tasks, time.monotonic())


def _judge_settled(world: World, waiting: list[Wave], pool: Pool) -> list[Verdict]:
    settled = [wave for wave in waiting if not _is_in_flight(wave)]
    waiting[:] = [wave for wave in waiting if wave not in settled]
    verdicts = [_judge(world, wave) for wave in settled]
    for wave in settled:
        for task in wave.tasks:
            pool.add(task)
    return verdicts


def _is_in_flight(wave: Wave) -> bool:
    return any(operation.state in IN_FLIGHT for task in wave.tasks for operation in task.operations())


def _wait(waiting: Sequence[Wave]) -> None:
    """Nobody touches anything any more."""
    until = time.monotonic() + LIMIT_S
    while any(map(_is_in_flight, waiting)) and time.monotonic() < until:
        time.sleep(PERIOD_S)


def _judge(world: World, wave: Wave) -> Verdict:
    verdict = Verdict(cell=f"kill {wave.number}", trouble=f"{wave.victim} killed", ended="")
    products = world.platforms[0].products()
    for task in wave.tasks:
        verdict.add(collect(task, products, world.people[0], only=task.name.encode()))
    verdict.settled_s = time.monotonic() - wave.ended_at
    return verdict
