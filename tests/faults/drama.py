"""Two people, the world outside, a network and a reconciler, in any order: a state machine for hypothesis."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from console.models import Action, Circuit, Module, Operation, Product, User
from console.platforms.rules import fold
from console.sandbox.errors import SandboxError
from console.sandbox.server import Sandbox
from console.services import modules, operations, products, reconciler
from console.services.errors import ConsoleError
from console.services.roles import Role
from tests import make
from tests.faults.ledger_checks import broken_stories, wrong_claims
from tests.faults.plans import Hold
from tests.faults.proxy import Exchange, Proxy
from tests.services.at_once import at_once

NAMES = st.sampled_from(["radar", "Radar", "ble", "wifi"])
TEXTS = st.sampled_from(["first", "second"])
PEOPLE = st.sampled_from([0, 1])
HELD = "held back on the way"
FAULTS = st.sampled_from(
    [
        "",
        "drop_before",
        "drop_after",
        "error_before",
        "error_after",
        "system_exception_before",
        "system_exception_after",
        "not_json",
        "truncate",
        "wrong_case",
        "nonce_used",
        # Several times, since it takes several steps to go wrong.
        *[HELD] * 4,
    ]
)
WRITES = ("CreateOTAModule", "UpdateOTAModule", "DeleteOTAModule")
AN_HOUR = timedelta(hours=1)
ENOUGH_RUNS = 12


class Drama(RuleBasedStateMachine):
    """One product. What was done outside the console, or given up knowingly, is `touched`: nobody claims it."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        sandbox.control.reset()
        self.sandbox = sandbox
        self.proxy = Proxy(("127.0.0.1", int(sandbox.url.rpartition(":")[2])))
        self.account = make.account(endpoint=self.proxy.url, slug=f"a-{uuid4().hex[:12]}")
        self.people = [self._person() for _ in range(2)]
        self.product = make.created_product(self.account, self.people[0])
        self.held: list[Hold] = []
        self.touched: set[str] = set()

    def _person(self) -> User:
        return make.user(f"p-{uuid4().hex[:12]}", Role.PRODUCT_MANAGER)

    @rule(who=PEOPLE, name=NAMES, desc=TEXTS, fault=FAULTS)
    def create(self, who: int, name: str, desc: str, fault: str) -> None:
        self._meet(fault, "CreateOTAModule")
        self._try(self._creating(who, name, desc))

    @rule(who=PEOPLE, name=NAMES, desc=TEXTS, fault=FAULTS)
    def update(self, who: int, name: str, desc: str, fault: str) -> None:
        if module := self._module(name):
            self._meet(fault, "UpdateOTAModule")
            self._try(self._updating(who, module, desc))

    @rule(who=PEOPLE, name=NAMES, fault=FAULTS)
    def delete(self, who: int, name: str, fault: str) -> None:
        if module := self._module(name):
            self._meet(fault, "DeleteOTAModule")
            self._try(self._deleting(who, module))

    @rule(name=NAMES, other=NAMES, fault=FAULTS)
    def both_create(self, name: str, other: str, fault: str) -> None:
        self._meet(fault, "CreateOTAModule")
        self._try_both(self._creating(0, name, "first"), self._creating(1, other, "second"))

    @rule(name=NAMES, fault=FAULTS)
    def one_changes_what_the_other_deletes(self, name: str, fault: str) -> None:
        if module := self._module(name):
            self._meet(fault, "DeleteOTAModule")
            self._try_both(self._updating(0, module, "second"), self._deleting(1, module))

    @rule(name=NAMES, desc=TEXTS)
    def somebody_outside_creates(self, name: str, desc: str) -> None:
        self.touched.add(fold(name))
        with suppress(SandboxError):
            self.sandbox.control.create_module(self.product.product_key, name, desc=desc)

    @rule(name=NAMES)
    def somebody_outside_deletes(self, name: str) -> None:
        self.touched.add(fold(name))
        with suppress(LookupError):
            self.sandbox.control.delete_module(self.product.product_key, name)

    @rule(who=PEOPLE)
    def refresh(self, who: int) -> None:
        self._try(lambda: products.refresh(product=self.product, actor=self.people[who]))

    @precondition(lambda self: self.held)
    @rule()
    def the_oldest_arrives(self) -> None:
        self.held.pop(0).released.set()
        self.proxy.wait_until_idle(but=len(self.held))

    @rule()
    def reconcile(self) -> None:
        self._all().update(next_look_at=timezone.now())
        reconciler.run_due()

    @rule()
    def two_reconcile(self) -> None:
        self._all().update(next_look_at=timezone.now())
        at_once(reconciler.run_due, reconciler.run_due)

    @rule()
    def an_hour_passes(self) -> None:
        """What is on its way has arrived by then: that is what the time in flight means."""
        while self.held:
            self.the_oldest_arrives()
        self._all().update(
            created_at=F("created_at") - AN_HOUR, sent_at=F("sent_at") - AN_HOUR, next_look_at=timezone.now()
        )
        Circuit.objects.filter(account=self.account).exclude(probe_at=None).update(probe_at=timezone.now())

    @rule(who=PEOPLE, name=NAMES, does=st.sampled_from(["retry", "abandon", "adopt", "look"]))
    def decide(self, who: int, name: str, does: str) -> None:
        actor = self.people[who]
        decisions = {
            "retry": lambda each: operations.retry(each, actor=actor),
            "abandon": lambda each: reconciler.abandon(each, actor=actor, reason="given up"),
            "adopt": lambda each: reconciler.adopt(each, actor=actor, reason="ours all the same"),
            "look": lambda each: reconciler.look_again(each, actor=actor),
        }
        for operation in self._all().filter(target_name=name):
            if does == "abandon":
                self.touched.add(fold(name))
            self._try(partial(decisions[does], operation))

    @invariant()
    def every_story_is_in_order(self) -> None:
        assert not broken_stories(self.account)

    @invariant()
    def nothing_is_sent_more_often_than_it_was_asked_for(self) -> None:
        passed = sum(seen.forwarded for seen in self.proxy.seen if seen.action in WRITES)
        asked = Operation.objects.filter(account=self.account).exclude(sent_at=None)
        assert passed <= asked.exclude(action=Action.PRODUCT_CREATE).count()

    def teardown(self) -> None:
        """Nobody touches anything any more: the ledger comes to rest, and to the truth."""
        self.sandbox.control.clear_faults()
        for _ in range(ENOUGH_RUNS):
            self.an_hour_passes()
            reconciler.run_due()
        left = self._all().filter(state__in=("planned", "sent", "unknown"))
        shown = {fold(module["module_name"]) for module in self.sandbox.control.state()["products"][0]["modules"]}
        self.proxy.close()
        assert not list(left.values_list("action", "target_name", "state"))
        assert not wrong_claims(self.product, shown, but=self.touched)

    def _all(self) -> Any:
        """The open operations of this story."""
        return Operation.objects.filter(account=self.account, settled_at=None).select_related(
            "account", "actor", "product__account", "module__product__account"
        )

    def _module(self, name: str) -> Module | None:
        there = Module.objects.select_related("product__account").filter(product=self.product, vanished_at=None)
        return there.filter(folded_name=fold(name)).first()

    def _meet(self, fault: str, call: str) -> None:
        """Let the next call meet the fault, and it alone."""
        self.sandbox.control.clear_faults()
        self.proxy.disarm()
        if fault == HELD:
            self.proxy.arm(call, self._hold_back)
        elif fault:
            self.sandbox.control.add_fault(fault, call)

    def _hold_back(self, exchange: Exchange) -> bool:
        hold = Hold(forward_first=False)
        self.held.append(hold)
        return hold(exchange)

    def _creating(self, who: int, name: str, desc: str) -> Callable[[], Operation]:
        spec = make.module_spec(self.product, name, desc=desc)
        return partial(modules.create, product=self.product, spec=spec, form_token=uuid4(), actor=self.people[who])

    def _updating(self, who: int, module: Module, desc: str) -> Callable[[], Operation]:
        return partial(
            modules.update, module=module, alias_name="", desc=desc, form_token=uuid4(), actor=self.people[who]
        )

    def _deleting(self, who: int, module: Module) -> Callable[[], Operation]:
        return partial(modules.delete, module=module, form_token=uuid4(), actor=self.people[who])

    def _try(self, doing: Callable[[], Operation | Product]) -> None:
        """A refusal with a sentence for people is one of the answers."""
        with suppress(ConsoleError):
            doing()

    def _try_both(self, *doings: Callable[[], Operation]) -> None:
        for told in at_once(*doings):
            if isinstance(told, BaseException) and not isinstance(told, ConsoleError):
                raise told
