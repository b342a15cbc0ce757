from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.template import Context
from django.test import RequestFactory

from console.templatetags import look

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=9), "just now"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=6, hours=23), "6 d ago"),
        (timedelta(days=7), "15 Nov 2026"),
    ],
)
def test_ago_text(age: timedelta, words: str) -> None:
    assert look.ago_text(NOW - age, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (3600, "60 min"), (7200, "2 h"), (90000, "25 h")]
)
def test_a_duration_in_words(seconds: int, words: str) -> None:
    assert look.duration_words(seconds) == words


def test_ago_carries_the_exact_moment() -> None:
    with time_machine.travel(NOW, tick=False):
        rendered = look.ago(NOW - timedelta(minutes=3))
    assert 'datetime="2026-11-22T11:57:00+00:00"' in rendered
    assert 'title="22 Nov 2026, 11:57:00 UTC"' in rendered
    assert rendered.endswith(" data-relative>3 min ago</time>")


def test_ago_without_a_moment() -> None:
    assert look.ago(None) == "never"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=-3), "any moment"),
        (timedelta(seconds=0.2), "in 1 s"),
        (timedelta(seconds=59), "in 59 s"),
        (timedelta(minutes=59, seconds=59), "in 59 min"),
        (timedelta(days=7), "on 29 Nov 2026, 12:00:00 UTC"),
    ],
)
def test_until_words(left: timedelta, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert look.until_words(NOW + left) == words


@pytest.mark.parametrize(
    ("outcome", "word"),
    [("not_sent", "not sent"), ("retryable", "safe to retry"), ("planned", "planned"), ("elsewhere", "elsewhere")],
)
def test_an_outcome_is_named_as_it_is_read(outcome: str, word: str) -> None:
    assert look.outcome_word(outcome) == word


def test_slots_in_words() -> None:
    slots = ["used"] * 8 + ["unsettled"] + ["free"]
    assert look.slots_label(slots) == "8 of 10 modules, 1 being settled"
    assert look.slots_label(["free"] * 10) == "0 of 10 modules"
    assert look.slots_count(slots) == "8/10"


@pytest.mark.parametrize(("path", "name"), [("/", "overview"), ("/products/7/", "products"), ("/audit/", "audit")])
def test_section_is_the_first_part_of_the_path(path: str, name: str) -> None:
    assert look.section(Context({"request": RequestFactory().get(path)})) == name


def test_section_can_be_named_by_the_page() -> None:
    assert (
        look.section(Context({"nav": "modules", "request": RequestFactory().get("/products/7/modules/")})) == "modules"
    )


def test_section_without_a_request() -> None:
    assert look.section(Context()) == "overview"


@pytest.mark.parametrize(("age_s", "stale"), [(59, False), (61, True)])
def test_stale_is_older_than_the_setting(settings: Any, age_s: int, stale: bool) -> None:
    settings.FRESH_FOR_S = 60.0
    with time_machine.travel(NOW, tick=False):
        assert look.is_stale(NOW - timedelta(seconds=age_s)) is stale
