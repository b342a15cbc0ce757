"""The fault matrix on one database: `python -m tests.faults.matrix sqlite`, with names of cells for some of it."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.faults.stage import AS_DELIVERED, DATABASES, SHORT, staged


def main(arguments: Sequence[str]) -> int:
    """Play the cells that are named, all of them without names; print the table; 0 when every one settled right."""
    chosen = _parser().parse_args(arguments)
    with staged(chosen.database, AS_DELIVERED if chosen.as_delivered else SHORT) as folder:
        # Only now: they need Django with the settings of this run.
        from tests.faults import rounds
        from tests.faults.table import table

        verdicts = rounds.play(folder, chosen.cells or rounds.NAMES)
        settings = "settings as delivered" if chosen.as_delivered else "short settings"
        shown = table(f"{chosen.database}, {settings}", verdicts)
        complaints = [f"{verdict.cell}: {complaint}" for verdict in verdicts for complaint in verdict.complaints]
        print("\n".join([shown, *complaints]))
        if chosen.json:
            chosen.json.write_text(json.dumps({"table": shown, "verdicts": [asdict(verdict) for verdict in verdicts]}))
    return int(bool(complaints))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.matrix")
    parser.add_argument("database", choices=DATABASES)
    parser.add_argument("--as-delivered", action="store_true", help="with the time-outs of the product")
    parser.add_argument("--json", type=Path, help="write the verdicts there")
    parser.add_argument("cells", nargs="*", metavar="CELL")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
