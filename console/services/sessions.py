"""Sessions: how long one lasts, which ones a person has, and their end."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.models import Outcome, User
from console.services import audit
from console.services.lockout import address_of

SIGNED_IN_AT, SEEN_AT, ENDED = "signed_in_at", "seen_at", "ended"
IDLE, TOO_OLD = "idle", "too old"
# How exactly the time of the last click is kept: each time it is noted is a write.
NOTED_EVERY_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One of a person's sessions, as their list shows it."""

    pk: int
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
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())
    request.session.pop(ENDED, None)


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
        request.session[SEEN_AT] = int(time.time())
        UserSession.objects.filter(session_key=request.session.session_key).update(
            last_seen_at=timezone.now(), ip=address_of(request)
        )


def find_sessions(user: User, *, session_key: str | None) -> list[Session]:
    """A person's sessions that are not over, the newest first; `session_key` is that of the one asking."""
    idle = timezone.now() - timedelta(minutes=settings.SESSION_IDLE_MIN)
    rows = [row for row in UserSession.objects.purge_and_list(user) if row.last_seen_at > idle]
    return [_shown(row, session_key) for row in sorted(rows, key=lambda row: (row.created_at, row.pk), reverse=True)]


def end(*, pk: int, actor: User) -> bool:
    """End one of a person's own sessions; False when there is no such."""
    return _end(UserSession.objects.filter(user=actor, pk=pk), actor) == 1


def end_all(*, actor: User) -> int:
    """End all sessions of a person, this one too; how many there were."""
    return _end(UserSession.objects.filter(user=actor), actor)


def drop_all(user: User) -> int:
    """End all sessions of somebody whose change the trail is told of elsewhere; how many there were."""
    rows = list(UserSession.objects.filter(user=user))
    for row in rows:
        row.end()
    return len(rows)


def _end(rows: Any, actor: User) -> int:
    with transaction.atomic():
        ended = list(rows)
        for row in ended:
            row.end()
        if ended:
            counted = {"sessions": str(len(ended))}
            audit.append(audit.Event(action="session.end", outcome=Outcome.DONE, actor=actor, parameters=counted))
    return len(ended)


def _shown(row: UserSession, session_key: str | None) -> Session:
    return Session(
        pk=row.pk,
        began_at=row.created_at,
        seen_at=row.last_seen_at,
        address=row.ip,
        browser=browser_of(row.user_agent),
        is_this=row.session_key == session_key,
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
