"""Every fault and every kill point, on both databases: nothing lost, nothing doubled, nothing stuck."""

from collections.abc import Iterator

import pytest

from tests.faults import cells, rounds
from tests.faults.order import WHOLE
from tests.faults.specials import QUICK
from tests.faults.stage import DATABASES

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


def _params() -> Iterator[object]:
    for database in DATABASES:
        for name in (*rounds.NAMES, WHOLE):
            yield _param(database, "short", name, is_quick=_is_quick(name))
        for name in (*(cell.name for cell in cells.CELLS if cells.is_slow(cell)), WHOLE):
            yield _param(database, "as delivered", name, is_quick=False)


def _is_quick(name: str) -> bool:
    return name in (*QUICK, WHOLE) or (name in cells.BY_NAME and cells.is_quick(cells.BY_NAME[name]))


def _param(database: str, settings: str, name: str, *, is_quick: bool) -> object:
    marks = [] if is_quick else [pytest.mark.whole]
    return pytest.param((database, settings), name, id=f"{database}-{settings}-{name}", marks=marks)


@pytest.mark.parametrize(("run", "cell"), list(_params()))
def test_it_settles_right(played, run, cell):
    verdict = played(run)[cell]
    assert not any(verdict[what] for what in ("lost", "doubled", "stuck", "wrong")), verdict
