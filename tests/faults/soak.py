"""Kills at random while people work: `python -m tests.faults.soak --kills 300 --seed 1 --database sqlite`.

After each kill it waits until nothing is in flight and compares the ledger with the platform. Exits 1 if anything was
lost, doubled or stuck. One seed makes the same plan of deeds, delays and kills; how they meet is the machine's affair.
"""

import argparse
import sys
from collections.abc import Sequence

from tests.faults.stage import DATABASES, SHORT, staged


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    with staged(chosen.database, SHORT | {"WEB_WORKERS": "1"}) as folder:
        # Only now: they need Django with the settings of this run.
        from tests.faults import attrition
        from tests.faults.table import table

        print(f"{chosen.kills} kills, seed {chosen.seed}", flush=True)
        verdicts = attrition.play(folder, kills=chosen.kills, seed=chosen.seed, say=_say)
        complaints = [f"{verdict.cell}: {complaint}" for verdict in verdicts for complaint in verdict.complaints]
        title = f"{chosen.database}, seed {chosen.seed}"
        print("\n".join([table(title, verdicts), *complaints]))
    return int(bool(complaints))


def _say(text: str) -> None:
    print(text, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
