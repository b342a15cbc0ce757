import gzip
import re
from pathlib import Path

import pytest

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
