"""The cells of the matrix: every deed with every fault and every kill point, each with a name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.faults.deeds import DEEDS, Deed
from tests.faults.faults import FAULTS, QUICK, SLOW

# When a process is killed with SIGKILL; what they mean is in kills.py.
WEB_KILLS = (
    "web killed before send",
    "web killed after send, not delivered",
    "web killed after send, delivered later",
    "web killed after the platform did it",
    "web killed after the answer, before the commit",
)
WORKER_KILLS = ("worker killed in a look-up",)
SYNC_KILL = "worker killed in a sync step"
KILLS = (*WEB_KILLS, *WORKER_KILLS)
QUICK_KILLS = ("web killed after the platform did it",)


@dataclass(frozen=True, slots=True)
class Cell:
    """`trouble` names a fault or a kill point, `slug` its account."""

    deed: Deed
    trouble: str
    dialect: str = "alibaba"
    slug: str = ""

    @property
    def name(self) -> str:
        place = "" if self.dialect == "alibaba" else f" ({self.dialect})"
        return f"{self.deed.name}{place}: {self.trouble}"


def _cells() -> list[Cell]:
    troubles = [*(fault.name for fault in FAULTS), *KILLS]
    cells = [Cell(deed, trouble) for trouble in troubles for deed in DEEDS]
    # Tuya has no call that creates a product; its modules get what is on the wire in another dialect.
    cells += [Cell(deed, fault.name, "tuya") for fault in FAULTS for deed in DEEDS if deed.needs_product]
    return [replace(cell, slug=f"cell-{number}") for number, cell in enumerate(cells)]


CELLS: Sequence[Cell] = _cells()
BY_NAME = {cell.name: cell for cell in CELLS}


def is_quick(cell: Cell) -> bool:
    return cell.dialect == "alibaba" and cell.trouble in (*QUICK, *QUICK_KILLS)


def is_slow(cell: Cell) -> bool:
    """Whether it is also run with the settings as delivered."""
    return cell.dialect == "alibaba" and cell.trouble in (*SLOW, *QUICK_KILLS)
