"""Whatever two people, the platform, the network and the reconciler do, in any order: the ledger ends up true."""

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.drama import Drama

# Only a failure takes long: it is made smaller, step by step, before it is shown.
pytestmark = pytest.mark.timeout(900)
SOME, MANY = 10, 150


def play(sandbox, settings, *, examples, steps):
    # A request that is held back is given up soon; only `an_hour_passes` makes it certain where it is.
    settings.PLATFORM_READ_TIMEOUT_S, settings.PLATFORM_TOTAL_TIMEOUT_S = 0.3, 0.5
    settings.PLATFORM_IN_FLIGHT_S = 1800.0
    limits = hypothesis_settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    run_state_machine_as_test(lambda: Drama(sandbox), settings=limits)


def test_some_stories_end_well(transactional_db, sandbox, settings):
    play(sandbox, settings, examples=SOME, steps=15)


@pytest.mark.faults
@pytest.mark.whole
def test_many_stories_end_well(transactional_db, sandbox, settings):
    play(sandbox, settings, examples=MANY, steps=20)
