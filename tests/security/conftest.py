from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from console.services.roles import Role
from tests import make
from tests.security.oidc_server import Provider
from tests.security.routes import one_of_everything
from tests.security.single_sign_on import settings_for

ROLE_MAP = {"iot-admins": "admin", "iot-pm": "product manager"}


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
    return make.just_signed_in(make.user("everybody", *Role))


@pytest.fixture(scope="session")
def _provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def provider(_provider: Provider, db: None) -> Iterator[Provider]:
    _provider.reset()
    cache.clear()
    with override_settings(SOCIALACCOUNT_PROVIDERS=settings_for(_provider.issuer), OIDC_ROLE_MAP=ROLE_MAP):
        yield _provider
