"""A sync whose worker is killed in the middle of a step: it goes on where it was and shows what the platform has."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from console.models import Account, Module, Product, SyncRun, SyncState
from tests.faults.judge import Verdict
from tests.faults.plans import Hold
from tests.faults.platform import Platform
from tests.faults.proxy import Proxy
from tests.faults.settle import LIMIT_S, PERIOD_S
from tests.faults.world import SYNC_WORKER, World

NAME = "sync: worker killed in a sync step"
PRODUCTS = 4
REACH_LIMIT_S = 30


def begin(world: World, slug: str) -> Callable[[], Verdict]:
    """Kill the worker; what is returned waits for the end and judges it."""
    proxy = Proxy(world.platforms[0].address("alibaba"))
    account = world.enter_account(slug, "alibaba", proxy.url)
    _fill(world.platforms[0], slug)
    hold = Hold(forward_first=True)
    proxy.arm("ListOTAModuleByProduct", hold)
    world.people[0].post(f"/accounts/{slug}/sync/")
    if not hold.reached.wait(REACH_LIMIT_S):
        raise TimeoutError("the sync did not read any modules")
    world.restart(SYNC_WORKER)
    hold.released.set()
    return partial(_end, account, time.monotonic())


def _fill(platform: Platform, instance: str) -> None:
    for number in range(PRODUCTS):
        asked = {"platform": "alibaba", "instance": instance, "product_name": f"Synced_{number}"}
        key = platform.control("POST", "products", **asked)["product_key"]
        platform.control("POST", f"products/{key}/modules", module_name="radar")


def _end(account: Account, began: float) -> Verdict:
    running = SyncRun.objects.filter(account=account, state=SyncState.RUNNING)
    while running.exists() and time.monotonic() < began + LIMIT_S:
        time.sleep(PERIOD_S)
    runs = list(SyncRun.objects.filter(account=account).order_by("started_at"))
    last = runs[-1].finished_at if runs else None
    settled_s = (last - runs[-1].started_at).total_seconds() if last else time.monotonic() - began
    verdict = Verdict(cell=NAME, trouble=NAME, ended=runs[-1].state if runs else "", settled_s=settled_s)
    _judge(verdict, runs, account)
    return verdict


def _judge(verdict: Verdict, runs: Sequence[SyncRun], account: Account) -> None:
    if verdict.ended == SyncState.RUNNING:
        verdict.stuck.append(f"still running, touched at {runs[-1].touched_at}")
    elif verdict.ended != SyncState.COMPLETE:
        verdict.wrong.append(f"the sync ended as {verdict.ended}: {runs[-1].problem if runs else 'there is none'}")
    if len(runs) > 1:
        verdict.doubled.append(f"{len(runs)} syncs of one account")
    products = Product.objects.filter(account=account, vanished_at=None)
    modules = Module.objects.filter(product__in=products, vanished_at=None, module_name="radar")
    if (products.count(), modules.count()) != (PRODUCTS, PRODUCTS):
        verdict.lost.append(f"{products.count()} products and {modules.count()} modules of {PRODUCTS}")
