"""Words and marks that pages share: how long ago, how many slots, which section."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from django import template
from django.conf import settings
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.models import OperationState, Outcome

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400
OUTCOME_WORDS: dict[str, str] = dict(OperationState.choices) | dict(Outcome.choices)
STEPS = ((MINUTE, 1, "s"), (HOUR, MINUTE, "min"), (DAY, HOUR, "h"), (7 * DAY, DAY, "d"))


def ago_text(moment: datetime, now: datetime) -> str:
    """Say how long ago a moment was; from a week on, its date."""
    age_s = int((now - moment).total_seconds())
    if age_s < 10:
        return "just now"
    for below, unit, word in STEPS:
        if age_s < below:
            return f"{age_s // unit} {word} ago"
    return date_format(timezone.localtime(moment), "j M Y")


@register.simple_tag
def what_is_archived() -> str:
    """What a list of entries is without, as a sentence; empty when all are kept. It says nothing of any entry."""
    days = settings.AUDIT_RETENTION_DAYS
    return f"Entries older than {days} days go into archives, all but creates, and are not listed then." if days else ""


@register.filter
def exact(moment: datetime) -> str:
    """Write a moment out to the second, with its zone."""
    return date_format(timezone.localtime(moment), "j M Y, H:i:s T")


@register.filter
def ago_words(moment: datetime) -> str:
    """Say how long ago a moment was, seen from now."""
    return ago_text(moment, timezone.now())


@register.filter
def duration_words(seconds: int) -> str:
    """Say how long something takes: "40 s", "12 min", "3 h"."""
    if seconds < 2 * MINUTE:
        return f"{seconds} s"
    return f"{round(seconds / MINUTE)} min" if seconds < 2 * HOUR else f"{round(seconds / HOUR)} h"


@register.filter
def is_stale(moment: datetime) -> bool:
    """Tell whether what was verified then is older than `FRESH_FOR_S`."""
    return (timezone.now() - moment).total_seconds() > settings.FRESH_FOR_S


@register.simple_tag
def fresh_for() -> str:
    """Say how long what was verified counts as fresh: `FRESH_FOR_S` in words."""
    return duration_words(round(settings.FRESH_FOR_S))


@register.simple_tag
def ago(moment: datetime | None, otherwise: str = "never") -> SafeString | str:
    """Render a moment as `<time>`: "3 min ago", the exact time on hover."""
    if moment is None:
        return otherwise
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        moment.isoformat(timespec="seconds"),
        exact(moment),
        ago_words(moment),
    )


@register.filter
def until_words(moment: datetime) -> str:
    """Say how soon a moment is, seen from now: "in 5 s"; one that has passed is "any moment"."""
    left_s = ceil((moment - timezone.now()).total_seconds())
    if left_s <= 0:
        return "any moment"
    for below, unit, word in STEPS:
        if left_s < below:
            return f"in {left_s // unit} {word}"
    return f"on {exact(moment)}"


@register.filter
def outcome_word(outcome: str) -> str:
    """Name an outcome as it is read: "safe to retry" for `retryable`."""
    return OUTCOME_WORDS.get(outcome, outcome).lower()


@register.filter
def slots_label(slots: Sequence[str]) -> str:
    """Put ten slots in words: "9 of 10 modules, 1 being settled"."""
    unsettled = slots.count("unsettled")
    label = f"{slots.count('used')} of {len(slots)} modules"
    return f"{label}, {unsettled} being settled" if unsettled else label


@register.filter
def slots_count(slots: Sequence[str]) -> str:
    """Give the figure beside the cells: "9/10"."""
    return f"{slots.count('used')}/{len(slots)}"


@register.simple_tag(takes_context=True)
def section(context: Context) -> str:
    """Name the navigation item a page belongs to: its `nav`, else the first part of its path."""
    if nav := context.get("nav"):
        return str(nav)
    path: str = context["request"].path_info if "request" in context else ""
    return path.strip("/").split("/")[0] or "overview"
