from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from console.services.roles import Role
from tests import make
from tests.security.routes import one_of_everything


@pytest.fixture
def things(db: None) -> Iterator[None]:
    """One of everything that a route can name, and no rate limit that an earlier test has used up."""
    cache.clear()
    one_of_everything()
    yield
    cache.clear()


@pytest.fixture
def as_everybody(things: None) -> Client:
    """Signed in with every role, so that nothing is turned away at a door."""
    return make.client(make.user("everybody", *Role))
