"""Several workers and people at the same drift; the same on SQLite and on PostgreSQL."""

from functools import partial

import pytest

from console.models import Account, DriftItem, DriftState, Product, User
from console.sandbox.server import Sandbox
from console.services import drift_items, products, syncs
from console.services.errors import DriftSettledError
from console.services.roles import Role
from tests import make
from tests.services.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(transactional_db: None, alibaba: Account, sandbox: Sandbox) -> str:
    key = sandbox.control.create_product("Light_Living")["product_key"]
    sandbox.control.create_module(key, "ble")
    syncs.step(syncs.start(account=alibaba, actor=None).pk)
    return str(key)


def test_what_three_steps_and_two_people_read_at_once_is_one_item(
    alibaba: Account, key: str, pm: User, sandbox: Sandbox
):
    sandbox.control.change_product(key, product_name="Light_Hall")
    sandbox.control.create_module(key, "mcu")
    run = syncs.start(account=alibaba, actor=pm)
    refresh = partial(products.refresh, product=Product.objects.get(), actor=pm)
    results = at_once(*[partial(syncs.step, run.pk)] * 3, refresh, refresh)
    assert [result for result in results if isinstance(result, Exception)] == []
    found = [(item.kind, str(item.module or "")) for item in DriftItem.objects.all()]
    assert sorted(found) == [("changed", ""), ("new", "mcu")]
    assert sorted(make.trail(account_slug=alibaba.slug, outcome="drift")) == [
        ("drift.changed", "drift"),
        ("drift.new", "drift"),
    ]


def test_of_eight_who_settle_one_item_one_does(transactional_db: None, pm: User):
    item = make.drift_item(make.cached_product(make.account()))
    people = [make.user(f"person{number}", Role.PRODUCT_MANAGER) for number in range(4)]
    mine = [DriftItem.objects.select_related("account", "product").get(pk=item.pk) for _ in range(8)]
    results = at_once(
        *[partial(drift_items.accept, mine[number], actor=person) for number, person in enumerate(people)],
        *[
            partial(drift_items.claim, mine[4 + number], actor=person, person=person, reason="mine")
            for number, person in enumerate(people)
        ],
    )
    assert sum(isinstance(result, DriftSettledError) for result in results) == 7
    item.refresh_from_db()
    assert item.state in {DriftState.ACCEPTED, DriftState.CLAIMED}
    assert (item.product.created_by is not None) == (item.state == DriftState.CLAIMED)
    assert len(make.trail(target_id=str(item.product_id))) == 1


def test_of_two_who_accept_the_same_selection_each_item_is_accepted_once(transactional_db: None, pm: User):
    account = make.account()
    keys = [make.drift_item(make.cached_product(account, f"P{number}")).pk for number in range(5)]
    colleague = make.user("colleague", Role.PRODUCT_MANAGER)
    accept = [partial(drift_items.accept_several, keys, actor=person) for person in (pm, colleague)]
    assert sum(at_once(*accept)) == 5
    assert len(make.trail(action="drift.accept")) == 5
