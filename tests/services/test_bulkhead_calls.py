"""Two accounts, one of which hangs: calls and pages of the other go on."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections
from pytest_django import Settings

from console.models import Account, Operation, Product, User
from console.sandbox.server import Sandbox
from console.services import modules
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def eight_threads(settings: Settings) -> None:
    settings.WEB_THREADS = 8
    settings.PLATFORM_READ_TIMEOUT_S = settings.PLATFORM_TOTAL_TIMEOUT_S = 5.0


@pytest.fixture
def product(transactional_db: None, alibaba: Account, pm: User) -> Product:
    return make.created_product(alibaba, pm)


@pytest.fixture
def hanging(tuya: Account, sandbox: Sandbox, product: Product) -> list[Product]:
    """Five products of an account whose platform takes calls and says nothing."""
    keys = [sandbox.control.create_tuya_product(f"Lamp_{number}")["product_key"] for number in range(5)]
    sandbox.control.add_fault("hang_before", platform="tuya", times=100)
    return [make.cached_product(tuya, key=key) for key in keys]


def create(product: Product, actor: User) -> Operation:
    try:
        return modules.create(product=product, spec=make.module_spec(product), form_token=uuid4(), actor=actor)
    finally:
        connections.close_all()


def test_the_others_are_served_while_one_hangs(product: Product, hanging: list[Product], pm: User, sandbox: Sandbox):
    client = make.client(pm)
    with ThreadPoolExecutor(5) as pool:
        stuck = [pool.submit(create, one, pm) for one in hanging[:4]]
        wait_for_calls(sandbox, 4)
        crowded = pool.submit(create, hanging[4], pm)
        assert create(product, pm).state == "done"
        assert client.get(f"/products/{product.pk}/").status_code == 200
        assert client.get("/products/").status_code == 200
        assert client.get(f"/products/{hanging[0].pk}/").status_code == 200
        refused = crowded.result(10)
        assert [future.done() for future in stuck] == [False] * 4
        assert (refused.state, refused.message) == (
            "not_sent",
            "Too many calls to this account are waiting for its platform. Nothing was sent.",
        )
        sandbox.control.clear_faults()
    assert {future.result().state for future in stuck} == {"unknown"}


def wait_for_calls(sandbox: Sandbox, number: int) -> None:
    until = time.monotonic() + 10
    while len(tuya_calls(sandbox)) < number:
        assert time.monotonic() < until
        time.sleep(0.02)


def tuya_calls(sandbox: Sandbox) -> list[object]:
    return [call for call in sandbox.control.calls() if call["platform"] == "tuya"]
