"""One account's calls hold a part of the threads only."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from pytest_django import Settings

from console.models import Account
from console.platforms.errors import NotSent
from console.services import bulkhead
from tests import make


@pytest.fixture
def account(db: None) -> Account:
    return make.account()


@pytest.fixture
def threads(settings: Settings) -> Callable[[int], None]:
    return lambda number: setattr(settings, "WEB_THREADS", number)


@contextmanager
def held(account: Account, times: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(times):
            stack.enter_context(bulkhead.place(account))
        yield


@pytest.mark.parametrize(("number", "places"), [(1, 1), (2, 1), (5, 2), (16, 8)])
def test_half_of_the_threads_have_a_place(account: Account, threads: Any, number: int, places: int):
    threads(number)
    with held(account, places), pytest.raises(NotSent) as caught, bulkhead.place(account, patience_s=0.01):
        pass
    assert caught.value.reason == "Too many calls to this account are waiting for its platform. Nothing was sent."


def test_a_place_is_free_again_however_the_call_ends(account: Account, threads: Any):
    threads(2)
    for _ in range(3):
        with pytest.raises(KeyError), bulkhead.place(account):
            raise KeyError("a bug")
    with held(account, 1):
        pass


def test_a_full_account_leaves_the_others_alone(account: Account, threads: Any):
    threads(4)
    with held(account, 2), held(make.account(slug="other"), 2):
        pass


def test_of_two_who_wait_one_is_turned_away_and_one_gets_the_place_that_becomes_free(account: Account, threads: Any):
    threads(4)
    with ThreadPoolExecutor(2) as pool:
        with held(account, 2):
            waiting = {pool.submit(call, account) for _ in range(2)}
            (turned_away,), (patient,) = wait(waiting, timeout=20, return_when=FIRST_COMPLETED)
            assert isinstance(turned_away.exception(), NotSent)
        assert patient.result(20) == "called"


def call(account: Account) -> str:
    with bulkhead.place(account, patience_s=60):
        return "called"
