import pytest

from console.models import User
from console.platforms.addresses import Reach
from console.platforms.errors import NotSent
from console.services import accounts
from tests import make


@pytest.mark.parametrize(
    ("demo", "allowed", "reach"),
    [
        (False, False, Reach.PUBLIC),
        (True, False, Reach.LOOPBACK),
        (False, True, Reach.PRIVATE),
        (True, True, Reach.PRIVATE),
    ],
)
def test_how_far_calls_go_is_a_setting(settings, demo: bool, allowed: bool, reach: Reach):
    settings.DEMO, settings.ALLOW_PRIVATE_ENDPOINTS = demo, allowed
    assert accounts.get_reach() is reach


def test_an_account_of_the_demonstration_is_not_called_without_it(alibaba, settings):
    settings.DEMO = False
    with accounts.client_for(alibaba) as client, pytest.raises(NotSent, match="not at a public address"):
        client.query_product_list(1, 1)


def test_a_create_that_may_not_go_there_was_not_sent(alibaba, pm: User, settings):
    settings.DEMO = False
    with pytest.raises(AssertionError, match=r"not_sent: .*not at a public address"):
        make.created_product(alibaba, pm)
