"""The sums of a run, fault by fault."""

from collections.abc import Sequence

from tests.faults.judge import Verdict

COLUMNS = ("tried", "settled right", "lost", "doubled", "stuck", "wrong", "slowest")


def table(title: str, verdicts: Sequence[Verdict]) -> str:
    """One line per fault and one with the sums."""
    troubles = list(dict.fromkeys(verdict.trouble for verdict in verdicts))
    width = max(len(name) for name in (*troubles, title))
    lines = [title.ljust(width) + "".join(name.rjust(15) for name in COLUMNS)]
    lines += [
        _line(trouble.ljust(width), [each for each in verdicts if each.trouble == trouble]) for trouble in troubles
    ]
    return "\n".join([*lines, _line("all".ljust(width), verdicts)])


def _line(label: str, verdicts: Sequence[Verdict]) -> str:
    figures = [
        len(verdicts),
        sum(not verdict.complaints for verdict in verdicts),
        *(sum(bool(getattr(verdict, name)) for verdict in verdicts) for name in ("lost", "doubled", "stuck", "wrong")),
    ]
    slowest = max((verdict.settled_s for verdict in verdicts), default=0.0)
    return label + "".join(str(figure).rjust(15) for figure in figures) + f"{slowest:.1f} s".rjust(15)
