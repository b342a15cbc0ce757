"""What one cell of the quota bench showed, and whether it is what the quota promises."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

LIMIT = 10
LEAST_EFFICIENCY, LEAST_FAIRNESS, MOST_CPU_S, MOST_REFUSED = 0.98, 0.80, 0.001, 0.02
SETTLING_S = 5.0
Call = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """`calls` of each process that lived to the end, `arrivals` at the sandbox of all that it saw, both in order of
    time; `killed_at` is when one process was killed, 0 if none, and its slot lost for `lease_s`."""

    calls: Sequence[Sequence[Call]]
    arrivals: Sequence[float]
    killed_at: float = 0.0
    lease_s: float = 0.0
    stranger: Sequence[str] = field(default=())

    @property
    def own(self) -> list[Call]:
        return sorted((call for calls in self.calls for call in calls), key=lambda call: call["at"])

    @property
    def grants(self) -> int:
        return sum(call["outcome"] == "done" for call in self.own)

    @property
    def violations(self) -> int:
        """Sliding seconds with more arrivals than the limit."""
        return sum(later - at < 1 for at, later in zip(self.arrivals, self.arrivals[LIMIT:], strict=False))

    @property
    def throttled(self) -> int:
        return sum(call["outcome"] == "throttled" for call in self.own)

    @property
    def round_trip_s(self) -> float:
        return statistics.fmean(call["exchange_s"] for call in self.own)

    @property
    def efficiency(self) -> float:
        """Calls between the first ten and the last ten, over what response-anchored slots could do in that time."""
        first, last = self.arrivals[:LIMIT], self.arrivals[-LIMIT:]
        began, ended = statistics.fmean(first), statistics.fmean(last)
        lost_s = min(self.lease_s, ended - self.killed_at) if self.killed_at else 0.0
        ceiling = (LIMIT * (ended - began) - lost_s) / (1 + self.round_trip_s)
        return (len(self.arrivals) - LIMIT) / ceiling

    @property
    def fairness(self) -> float:
        counts = [len(calls) for calls in self.calls]
        return min(counts) / max(counts)

    @property
    def cpu_s(self) -> float:
        return statistics.fmean(call["cpu_s"] for call in self.own)

    @property
    def refused(self) -> float:
        """The share of own calls that were throttled, after the first seconds."""
        began = self.own[0]["at"]
        later = [call for call in self.own if call["at"] > began + SETTLING_S]
        return sum(call["outcome"] == "throttled" for call in later) / len(later)

    @property
    def used(self) -> float:
        """How much of the platform's limit everybody together got done."""
        span_s = self.own[-1]["at"] - self.own[0]["at"]
        return (self.grants + sum(outcome == "done" for outcome in self.stranger)) / (LIMIT * span_s)


def missed(observed: Observed) -> list[str]:
    """The figures that a cell without a stranger must hold and did not."""
    checks = {
        "violations": observed.violations == 0,
        "throttled": observed.throttled == 0,
        "efficiency": observed.efficiency >= LEAST_EFFICIENCY,
        "fairness": observed.fairness >= LEAST_FAIRNESS,
        "cpu": observed.cpu_s <= MOST_CPU_S,
    }
    return [name for name, held in checks.items() if not held]


def missed_beside_stranger(observed: Observed) -> list[str]:
    """With fewer slots than callers those who wait ask again and again: the CPU is shown and not judged."""
    return [] if observed.refused < MOST_REFUSED else ["refused"]
