"""Every fault of the matrix: how it is brought about, and whether the platform does what was asked all the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from tests.faults import plans
from tests.faults.proxy import Exchange, Plan

LATE_S = 1.4
NOWHERE = "https://nowhere.invalid"
# What the ledger may end with. Nobody has to act on the first; the second waits for a person, safely.
DONE, ADOPTED, RETRYABLE, NOT_SENT = "done", "adopted", "retryable", "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`happens`: what was asked is on the platform in the end. `plan` is on the wire, `order` the sandbox's own.
    `is_looked_for`: somebody looks while it is still on its way.
    """

    name: str
    happens: bool
    ends: Sequence[str]
    plan: Plan | None = None
    order: dict[str, Any] = field(default_factory=dict)
    endpoint: str = ""
    is_refused: bool = False
    is_looked_for: bool = False


def _silently_done(name: str, *, plan: Plan | None = None, **order: Any) -> Fault:
    """The platform does it, and the console cannot know."""
    return Fault(name=name, happens=True, ends=(ADOPTED,), plan=plan, order=order)


def _silently_not_done(name: str, *, plan: Plan | None = None, **order: Any) -> Fault:
    """The platform does nothing, and the console cannot know."""
    return Fault(name=name, happens=False, ends=(RETRYABLE,), plan=plan, order=order)


def _late(exchange: Exchange) -> bool:
    """It arrives when nobody waits any more, and well before it counts as gone."""
    return plans.late(settings.PLATFORM_READ_TIMEOUT_S + LATE_S)(exchange)


FAULTS = (
    Fault(name="none", happens=True, ends=(DONE,)),
    Fault(name="connection refused", happens=False, ends=(NOT_SENT,), is_refused=True),
    Fault(name="DNS failure", happens=False, ends=(NOT_SENT,), endpoint=NOWHERE),
    _silently_not_done("reset before send", plan=plans.reset_before),
    _silently_done("reset after send", plan=plans.reset_after),
    _silently_done("time-out after commit", plan=plans.answer_lost),
    _silently_not_done("time-out without commit", plan=plans.swallow),
    _silently_not_done("request cut", plan=plans.request_cut),
    _silently_done("answer cut", plan=plans.answer_cut),
    Fault(name="delivered late", happens=True, ends=(ADOPTED,), plan=_late, is_looked_for=True),
    _silently_done("500 after commit", kind="error_after", status=500),
    _silently_not_done("500 without commit", kind="error_before", status=500),
    _silently_not_done("503", kind="error_before", status=503),
    Fault(name="throttled twice", happens=True, ends=(DONE,), order={"kind": "throttle", "times": 2}),
    _silently_done("200 with HTML", kind="not_json"),
    _silently_done("truncated JSON", kind="truncate"),
    Fault(name="wrong casing", happens=True, ends=(DONE, ADOPTED), order={"kind": "wrong_case"}),
    _silently_done("SystemException after commit", kind="system_exception_after"),
    _silently_not_done("SystemException without commit", kind="system_exception_before"),
    _silently_not_done("nonce used", kind="nonce_used"),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
# Few, but one of each kind of end.
QUICK = ("reset after send", "time-out without commit", "delivered late", "throttled twice", "connection refused")
# With the settings as delivered a time-out alone takes ten seconds.
SLOW = ("time-out after commit", "time-out without commit", "reset before send", "500 after commit", "delivered late")
