import pytest

from console.sandbox.server import Sandbox
from tests.conformance.clients import CLIENTS


@pytest.fixture
def sandbox():
    with Sandbox(limits=False) as running:
        yield running


@pytest.fixture(params=CLIENTS)
def client_type(request):
    return CLIENTS[request.param]


@pytest.fixture
def client(sandbox, client_type):
    return client_type(sandbox.url)
