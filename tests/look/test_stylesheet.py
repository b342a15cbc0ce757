import gzip
import re
from pathlib import Path

import pytest

from console.models import OperationState, Outcome

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "static" / "console.css").read_text()
TOKENS = dict(re.findall(r"--([\w-]+): light-dark\((#\w+), (?:#\w+)\);", CSS))
DARK = dict(re.findall(r"--([\w-]+): light-dark\(#\w+, (#\w+)\);", CSS))
THEMES = {"light": TOKENS, "dark": DARK}

TEXT = ("text", "muted", "accent", "accent-strong", "green", "red", "amber", "blue", "violet")
GROUNDS = ("bg", "surface", "sunken", "hover")
PAIRS = [(ink, ground, 4.5) for ink in TEXT for ground in GROUNDS] + [
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    ("accent-strong", "accent-soft", 4.5),
    ("text", "red-soft", 4.5),
    ("red", "red-soft", 4.5),
    ("text", "amber-soft", 4.5),
    ("muted", "amber-soft", 4.5),
    ("amber", "amber-soft", 4.5),
    ("text", "blue-soft", 4.5),
    ("edge", "surface", 3.0),
    ("edge", "bg", 3.0),
]


OUTCOMES = sorted({*OperationState.values, *Outcome.values})
# What looks the same on purpose.
ALIKE = ({"planned", "sent", "requested"}, {"refused", "denied"})


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_text_and_marks_can_be_read(theme: str, ink: str, ground: str, least: float) -> None:
    colours = THEMES[theme]
    assert contrast(colours[ink], colours[ground]) >= least


def test_black_on_white_is_the_known_contrast() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


def test_stylesheet_stays_small() -> None:
    assert len(gzip.compress(CSS.encode(), 9)) <= 10_000


def test_stylesheet_loads_nothing() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_every_custom_property_used_is_defined() -> None:
    assert set(re.findall(r"var\(--([\w-]+)", CSS)) <= set(re.findall(r"--([\w-]+):", CSS))


def rules_of(selector: str) -> str:
    """The bodies of all rules that name the selector, joined."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", CSS)
    return " ".join(body.strip() for names, body in rules if selector in [name.strip() for name in names.split(",")])


def mark_of(outcome: str) -> tuple[str, str]:
    """The colour and the shape of an outcome's mark."""
    colour = re.search(r"--mark: var\(--([\w-]+)\)", rules_of(f".outcome-{outcome}"))
    return colour[1] if colour else "muted", rules_of(f".outcome-{outcome}::before")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_colour_of_every_outcome_can_be_read(outcome: str) -> None:
    assert mark_of(outcome)[0] in TEXT


def test_no_two_outcomes_look_the_same() -> None:
    kinds = {frozenset(next((group for group in ALIKE if outcome in group), {outcome})) for outcome in OUTCOMES}
    assert len({mark_of(outcome) for outcome in OUTCOMES}) == len(kinds)


@pytest.mark.parametrize("first", ["conflict", "retryable", "abandoned", "unknown", "drift", "not_sent", "unreadable"])
def test_what_is_not_done_has_another_shape_than_done(first: str) -> None:
    assert mark_of("done") == ("green", "")
    assert mark_of(first)[1]
