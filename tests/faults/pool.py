"""What there is to work on in a long run: it grows by what was created; each module is changed or deleted once."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import requests

from console.models import Account, Action, Module, Operation, Product
from console.platforms.rules import MAX_CUSTOM_MODULES
from tests.faults.deeds import CREATE_MODULE, CREATE_PRODUCT, DELETE_MODULE, UPDATE_MODULE, Deed
from tests.faults.person import Person
from tests.faults.proxy import Proxy

ACTIONS = {
    CREATE_PRODUCT: Action.PRODUCT_CREATE,
    CREATE_MODULE: Action.MODULE_CREATE,
    UPDATE_MODULE: Action.MODULE_UPDATE,
    DELETE_MODULE: Action.MODULE_DELETE,
}


@dataclass(frozen=True, slots=True)
class Task:
    """One deed on one thing, which nothing else touches meanwhile."""

    deed: Deed
    account: Account
    proxy: Proxy
    name: str
    product_id: str = ""
    module_id: str = ""
    product_key: str = ""

    @property
    def slug(self) -> str:
        return self.account.slug

    def operations(self) -> list[Operation]:
        of_it = Operation.objects.filter(account=self.account, action=ACTIONS[self.deed], target_name=self.name)
        return list(of_it.order_by("created_at", "id"))


def do(task: Task, person: Person) -> None:
    """Do it through the pages, with nothing to say where the server is killed before it answers."""
    with suppress(requests.RequestException):
        task.deed.do(person, task)


class Pool:
    """Hands out tasks on the accounts, by a seeded choice; nothing that is not judged yet is worked on."""

    def __init__(self, accounts: Sequence[tuple[Account, Proxy]], choice: random.Random) -> None:
        self._accounts = accounts
        self._choice = choice
        self._count = 0
        self._homes: dict[Account, list[Product]] = defaultdict(list)
        self._room: Counter[Product] = Counter()
        self._modules: dict[Account, list[Module]] = defaultdict(list)

    def take(self) -> Task:
        """The next task: of the kind that was drawn, or a new product where there is nothing for it."""
        account, proxy = self._choice.choice(self._accounts)
        deed = self._choice.choice([CREATE_PRODUCT, CREATE_MODULE, CREATE_MODULE, UPDATE_MODULE, DELETE_MODULE])
        if deed == CREATE_MODULE and (home := self._home(account)):
            return Task(deed, account, proxy, self._new_name("module"), str(home.pk), "", home.product_key)
        if deed.needs_module and self._modules[account]:
            module = self._modules[account].pop()
            home = module.product
            return Task(deed, account, proxy, module.module_name, str(home.pk), str(module.pk), home.product_key)
        return Task(CREATE_PRODUCT, account, proxy, self._new_name("Product"))

    def add(self, task: Task) -> None:
        """What was created and judged may be worked on."""
        if task.deed == CREATE_PRODUCT:
            made = Product.objects.filter(account=task.account, product_name=task.name, vanished_at=None)
            self._homes[task.account] += made
        elif task.deed == CREATE_MODULE:
            there = Module.objects.filter(product_id=task.product_id, module_name=task.name, vanished_at=None)
            self._modules[task.account] += there.select_related("product")

    def _new_name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count:05d}"

    def _home(self, account: Account) -> Product | None:
        """A product with room for one more module."""
        for product in self._homes[account]:
            if self._room[product] < MAX_CUSTOM_MODULES:
                self._room[product] += 1
                return product
        return None
