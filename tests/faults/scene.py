"""One cell of the matrix come to life: an account of its own behind a proxy of its own, and what is done there."""

import time
from dataclasses import dataclass

import requests

from console.models import Account, Module, Operation, Product, User
from console.services import products, reconciler
from tests.faults.cells import Cell
from tests.faults.deeds import Deed
from tests.faults.faults import Fault
from tests.faults.person import Person
from tests.faults.platform import Platform
from tests.faults.proxy import Proxy
from tests.faults.world import World

BEFORE = "As it was"


@dataclass(slots=True)
class Scene:
    """`over_at` is the monotonic time after which nobody touches anything; `answered` the status a browser got."""

    cell: Cell
    platform: Platform
    proxy: Proxy
    account: Account
    name: str
    product_id: str = ""
    module_id: str = ""
    product_key: str = ""
    answered: int | None = None
    over_at: float = 0.0
    settled_at: float = 0.0

    @property
    def slug(self) -> str:
        return self.account.slug

    @property
    def settled_s(self) -> float:
        """Seconds from the end to rest, or up to now."""
        return (self.settled_at or time.monotonic()) - self.over_at

    @property
    def deed(self) -> Deed:
        return self.cell.deed

    def operations(self) -> list[Operation]:
        return list(Operation.objects.filter(account=self.account).order_by("created_at", "id"))

    def count_on_platform(self) -> int:
        return self.deed.count(self.platform.products(), self)

    def end(self) -> None:
        """From now on nobody touches anything."""
        self.over_at = time.monotonic()


def set_up(world: World, cell: Cell, lane: int) -> Scene:
    """An account with what the deed needs: the product and the module are on the platform and registered here."""
    platform = world.platforms[lane]
    proxy = Proxy(platform.address(cell.dialect))
    account = world.enter_account(cell.slug, cell.dialect, proxy.url)
    scene = Scene(cell, platform, proxy, account, name=f"Thing_{cell.slug.replace('-', '_')}")
    if cell.deed.needs_product:
        _set_up_product(scene)
    return scene


def _set_up_product(scene: Scene) -> None:
    dialect, instance = scene.cell.dialect, scene.account.iot_instance_id
    asked = {"platform": dialect, "instance": instance, "product_name": f"Home_{scene.name}"[:30]}
    scene.product_key = scene.platform.control("POST", "products", **asked)["product_key"]
    if scene.deed.needs_module:
        texts = {"module_name": scene.name, "desc": BEFORE}
        scene.platform.control("POST", f"products/{scene.product_key}/modules", **texts)
    actor = User.objects.get(username="wang")
    products.register(account=scene.account, product_key=scene.product_key, actor=actor)
    scene.product_id = str(Product.objects.get(account=scene.account).pk)
    if scene.deed.needs_module:
        scene.module_id = str(Module.objects.get(product_id=scene.product_id, module_name=scene.name).pk)


def bring_about(scene: Scene, fault: Fault) -> None:
    """Let the next write of the account meet the fault."""
    if fault.plan:
        scene.proxy.arm(scene.deed.call, fault.plan)
    if fault.order:
        scene.platform.control("POST", "faults", operation=scene.deed.call, **fault.order)
    if fault.endpoint:
        Account.objects.filter(pk=scene.account.pk).update(endpoint=fault.endpoint)
    if fault.is_refused:
        scene.proxy.close()


def act(scene: Scene, person: Person) -> None:
    """Do the deed through the pages; a browser whose server was killed gets no answer."""
    try:
        scene.answered = scene.deed.do(person, scene).status_code
    except requests.ConnectionError:
        scene.answered = None
    scene.end()


def look(scene: Scene) -> None:
    """Somebody presses “look again”: the platform does not show it yet, and that must not be believed."""
    actor = User.objects.get(username="wang")
    for operation in scene.operations():
        reconciler.look_again(operation, actor=actor)


def clear_away(scene: Scene) -> None:
    """What was not met, or is still on its way, must not spoil the next cell: this one is judged by what happened."""
    scene.proxy.wait_until_idle()
    scene.proxy.disarm()
    scene.platform.control("DELETE", "faults")
