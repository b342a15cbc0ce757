"""Everything is killed at once while twenty creates are on their way, and started again: all twenty come to rest."""

import time
from concurrent.futures import ThreadPoolExecutor

from console.models import Account, Product
from tests.faults import plans
from tests.faults.deeds import CREATE_MODULE, CREATE_PRODUCT
from tests.faults.evidence import collect
from tests.faults.judge import IN_FLIGHT, Verdict
from tests.faults.pool import Task, do
from tests.faults.proxy import Proxy
from tests.faults.settle import LIMIT_S, PERIOD_S
from tests.faults.world import World

NAME = "everything killed during 20 creates"
EACH = 10


def play(world: World, slug: str) -> Verdict:
    proxy = Proxy(world.platforms[0].address("alibaba"))
    account = world.enter_account(slug, "alibaba", proxy.url)
    home = Task(CREATE_PRODUCT, account, proxy, "Home_of_modules")
    do(home, world.people[0])
    tasks = [*_products(account, proxy), *_modules(account, proxy)]
    # Some have arrived by the time of the kill, some have not, some have waited for their slot.
    proxy.always(plans.jittered(0.4, 0.4))
    with ThreadPoolExecutor(len(tasks)) as threads:
        for number, task in enumerate(tasks):
            threads.submit(do, task, world.people[number % 2].another_browser())
        _wait_for_some(account)
        world.kill(*world.processes)
    began = time.monotonic()
    world.restart(*world.processes)
    return _judge(world, tasks, began)


def _products(account: Account, proxy: Proxy) -> list[Task]:
    return [Task(CREATE_PRODUCT, account, proxy, f"Product_{number:02d}") for number in range(EACH)]


def _modules(account: Account, proxy: Proxy) -> list[Task]:
    home = Product.objects.get(account=account)
    key = home.product_key
    return [
        Task(CREATE_MODULE, account, proxy, f"module_{number:02d}", str(home.pk), "", key) for number in range(EACH)
    ]


def _wait_for_some(account: Account) -> None:
    """Until all are in the ledger, or as many as there will be."""
    until = time.monotonic() + LIMIT_S
    while account.operations.count() < 2 * EACH and time.monotonic() < until:
        time.sleep(0.02)


def _judge(world: World, tasks: list[Task], began: float) -> Verdict:
    while any(operation.state in IN_FLIGHT for task in tasks for operation in task.operations()):
        if time.monotonic() > began + LIMIT_S:
            break
        time.sleep(PERIOD_S)
    verdict = Verdict(cell=NAME, trouble=NAME, ended="", settled_s=time.monotonic() - began)
    products = world.platforms[0].products()
    for task in tasks:
        verdict.add(collect(task, products, world.people[0], only=task.name.encode()))
    return verdict
