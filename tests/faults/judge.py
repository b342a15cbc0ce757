"""What must hold after every cell, as functions over facts: nothing lost, doubled or stuck, and the story told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

IN_FLIGHT = frozenset({"planned", "sent", "unknown"})
CLAIMED = frozenset({"done", "adopted"})
# A person answered with one of these has been told something; 500 is a page that says nothing.
HONEST = frozenset({200, 302, 303, 409, 422, 502, 503})
# The story of one operation, each outcome by its first letters.
STORY = re.compile(r"(requested )?(unknown )?(done|refused|not_sent|adopted|conflict|retryable|abandoned) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one cell from everywhere: ledger, trail, platform, wire, browser.

    `shown` is how often the platform shows the effect, `writes` how many requests for it reached the platform and
    were not throttled, `cached` whether the console's lists show the effect.
    """

    states: Sequence[str]
    was_sent: bool
    story: Sequence[str]
    shown: int
    writes: int
    cached: bool
    page: str
    answered: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    happens: bool
    ends: Sequence[str]


@dataclass(slots=True, kw_only=True)
class Verdict:
    cell: str
    trouble: str
    ended: str
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    settled_s: float = 0.0

    @property
    def complaints(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.stuck, *self.wrong]

    def add(self, facts: Facts) -> None:
        """One deed of several, whatever it should have ended as."""
        self.lost += lost(facts)
        self.doubled += doubled(facts)
        self.stuck += stuck(facts)
        self.wrong += wrong_told(facts)


def lost(facts: Facts) -> list[str]:
    """I1, I2: what the ledger claims is there, and what is there is claimed."""
    found = []
    if not facts.states:
        return ["nothing in the ledger"] if facts.shown else []
    state, happened = facts.states[-1], facts.shown > 0
    if state in CLAIMED and not happened:
        found.append(f"the ledger says {state}, the platform shows nothing")
    if happened and state not in CLAIMED | IN_FLIGHT | {"conflict"}:
        found.append(f"the platform shows it, the ledger says {state}")
    if state not in IN_FLIGHT and facts.cached != happened:
        found.append(f"the lists show it: {facts.cached}, the platform shows it: {happened}")
    return found


def doubled(facts: Facts) -> list[str]:
    """I3: one intent, one operation, at most one request that the platform may have carried out."""
    found = []
    if len(facts.states) > 1:
        found.append(f"{len(facts.states)} operations: {facts.states}")
    if facts.writes > 1:
        found.append(f"{facts.writes} requests reached the platform")
    if facts.shown > 1:
        found.append(f"the platform shows it {facts.shown} times")
    return found


def stuck(facts: Facts) -> list[str]:
    """I5: nothing is left open but what only a person can decide."""
    return [f"still {state}" for state in facts.states if state in IN_FLIGHT]


def wrong(facts: Facts, expected: Expected) -> list[str]:
    """I4, I6, and that the fault was the one that was meant."""
    return [*wrong_told(facts), *_wrong_end(facts, expected)]


def wrong_told(facts: Facts) -> list[str]:
    """I4, I6: what the trail, the page and the browser tell."""
    found = _wrong_story(facts)
    if facts.answered is not None and facts.answered not in HONEST:
        found.append(f"the browser was answered {facts.answered}")
    if facts.states and f"outcome-{facts.states[-1]}" not in facts.page:
        found.append(f"the operation's page does not say {facts.states[-1]}")
    return found


def _wrong_end(facts: Facts, expected: Expected) -> list[str]:
    found = []
    if (facts.shown > 0) != expected.happens:
        found.append(
            f"the platform shows it {facts.shown} times, the fault should {'' if expected.happens else 'not '}"
        )
    if not facts.states:
        found.append("no operation")
    elif facts.states[-1] not in expected.ends:
        found.append(f"ended as {facts.states[-1]} instead of {' or '.join(expected.ends)}")
    return found


def _wrong_story(facts: Facts) -> list[str]:
    told = "".join(f"{outcome} " for outcome in facts.story)
    match = STORY.fullmatch(told)
    if facts.states and (not match or match[3] != facts.states[-1] or bool(match[1]) != facts.was_sent):
        return [f"the trail tells {told or 'nothing'}"]
    return []


def judge(facts: Facts, expected: Expected, *, cell: str, trouble: str, settled_s: float) -> Verdict:
    return Verdict(
        cell=cell,
        trouble=trouble,
        ended=facts.states[-1] if facts.states else "",
        lost=lost(facts),
        doubled=doubled(facts),
        stuck=stuck(facts),
        wrong=wrong(facts, expected),
        settled_s=settled_s,
    )
