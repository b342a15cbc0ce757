import pytest

from console.sandbox.server import Sandbox
from tests.sandbox.caller import Caller


@pytest.fixture
def sandbox():
    with Sandbox(limits=False) as running:
        yield running


@pytest.fixture
def alibaba(sandbox):
    return Caller(sandbox.url)


@pytest.fixture
def tuya(sandbox):
    return Caller(sandbox.tuya_url)
