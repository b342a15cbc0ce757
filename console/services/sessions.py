"""Sessions: how long one lasts, which ones a person has, and their end."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from console.models import Outcome, Session, User
from console.services import audit
from console.services.lockout import address_of
from console.services.sealed_sessions import held_in, row_key_of

SIGNED_IN_AT, SEEN_AT, ENDED = "signed_in_at", "seen_at", "ended"
ADDRESS, USER_AGENT = "address", "user_agent"
IDLE, TOO_OLD = "idle", "too old"
# As the trail calls it when somebody else's sessions are ended.
BY_OTHERS = "user.sign_out"
# How exactly the time of the last click is kept: each time it is noted is a write.
NOTED_EVERY_S = 60
MOST_OF_USER_AGENT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One of a person's sessions, as their list shows it."""

    pk: str
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str
    is_this: bool


def listen() -> None:
    """Begin a session at every sign-in, whichever way it came."""
    user_logged_in.connect(begin)


def begin(request: HttpRequest, **_signal: Any) -> None:
    """Start both clocks of a session: of its age, and since its last click."""
    request.session[SIGNED_IN_AT] = int(time.time())
    request.session[USER_AGENT] = request.headers.get("User-Agent", "")[:MOST_OF_USER_AGENT]
    request.session.pop(ENDED, None)
    _see(request)


def why_over(request: HttpRequest) -> str:
    """Why the session of a request is over: IDLE or TOO_OLD, empty when it is not."""
    now = time.time()
    if now - request.session.get(SIGNED_IN_AT, now) >= settings.SESSION_MAX_HOURS * 3600:
        return TOO_OLD
    if now - request.session.get(SEEN_AT, now) >= settings.SESSION_IDLE_MIN * 60:
        return IDLE
    return ""


def note_click(request: HttpRequest) -> None:
    """Note that the person is there. A session that knows no times yet begins now."""
    if SIGNED_IN_AT not in request.session:
        begin(request)
    elif time.time() - request.session[SEEN_AT] >= NOTED_EVERY_S:
        _see(request)


def find_sessions(user: User, *, session_key: str | None) -> list[Listed]:
    """A person's sessions that are not over, the newest first; `session_key` is that of the one asking."""
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    held = {row.pk: held_in(row.session_data, row_key=row.pk) for row in rows}
    shown = [_shown(pk, each, row_key_of(session_key)) for pk, each in held.items() if _is_open(each, user)]
    return sorted(shown, key=lambda each: (each.began_at, each.pk), reverse=True)


def count_open(user: User) -> int:
    """How many sessions of a person are not over."""
    return len(find_sessions(user, session_key=None))


def end(*, pk: str, actor: User) -> bool:
    """End one of a person's own sessions; False when there is no such."""
    return _end(Session.objects.filter(user=actor, pk=pk), actor=actor) == 1


def end_all(*, actor: User) -> int:
    """End all sessions of a person, this one too; how many there were."""
    return _end(Session.objects.filter(user=actor), actor=actor)


def end_of(user: User, *, actor: User | None, by: str = "") -> int:
    """End all sessions of somebody else; how many there were. `actor` is None for a command, which `by` names then."""
    return _end(Session.objects.filter(user=user), action=BY_OTHERS, actor=actor, target=user, by=by)


def end_everybodys(*, by: str) -> int:
    """End every session that there is, those before sign-in too; how many there were. `by` names the command."""
    return _end(Session.objects.all(), action=BY_OTHERS, actor=None, by=by)


def drop_all(user: User) -> int:
    """End all sessions of somebody whose change the trail is told of elsewhere; how many there were."""
    return Session.objects.filter(user=user).delete()[0]


def _see(request: HttpRequest) -> None:
    request.session[SEEN_AT] = int(time.time())
    request.session[ADDRESS] = address_of(request) or ""


def _is_open(held: Mapping[str, Any], user: User) -> bool:
    """Whether a session has not idled for too long, and was begun with the present password."""
    is_seen = held.get(SEEN_AT, 0) > time.time() - settings.SESSION_IDLE_MIN * 60
    return is_seen and constant_time_compare(held.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


def _end(
    rows: QuerySet[Session],
    *,
    actor: User | None,
    action: str = "session.end",
    target: User | None = None,
    by: str = "",
) -> int:
    with transaction.atomic():
        ended = rows.delete()[0]
        if ended:
            told = {"sessions": str(ended)} | ({"by": by} if by else {})
            audit.append(audit.Event(action=action, outcome=Outcome.DONE, actor=actor, target=target, parameters=told))
    return ended


def _shown(pk: str, held: Mapping[str, Any], this_pk: str) -> Listed:
    return Listed(
        pk=pk,
        began_at=datetime.fromtimestamp(held[SIGNED_IN_AT], UTC),
        seen_at=datetime.fromtimestamp(held[SEEN_AT], UTC),
        address=held[ADDRESS],
        browser=browser_of(held[USER_AGENT]),
        is_this=pk == this_pk,
    )


# A browser names those that it is compatible with as well: the first that fits is meant.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """A browser's own description in two words: "Firefox on Linux"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if not browser:
        return user_agent[:60] or "unknown"
    return f"{browser} on {system}" if system else browser
