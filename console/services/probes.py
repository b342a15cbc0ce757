"""Probes: one cheap read that finds out whether a platform that was out of reach answers again."""

import time
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from console.models import Account, Circuit, Lane, Outcome, User
from console.platforms.errors import PlatformError
from console.services import audit, circuit
from console.services.accounts import client_for
from console.services.products import tell_failed_read


def probe_due(*, budget_s: float = 5.0) -> int:
    """Probe every account whose time has come, as long as `budget_s` is not over; return how many were asked.

    What came of it is noted by the gate that every call passes.
    """
    until = time.monotonic() + budget_s
    asked = 0
    for waiting in circuit.find_open():
        if time.monotonic() >= until:
            break
        if waiting.probe_at and waiting.probe_at <= timezone.now():
            asked += 1
            with suppress(PlatformError):
                _ask(waiting.account, lane=Lane.RECONCILE)
    return asked


def probe(*, account: Account, actor: User) -> Circuit | None:
    """Probe at once because somebody asks for it; return the circuit if it is still open."""
    event = audit.Event(action="account.probe", outcome=Outcome.DONE, actor=actor, account=account, target=account)
    circuit.make_due(account)
    try:
        _ask(account, lane=Lane.FORM, username=actor.username)
    except PlatformError as error:
        tell_failed_read(event, error)
    else:
        with transaction.atomic():
            audit.append(event)
    return Circuit.objects.select_related("account").filter(account=account).exclude(opened_at=None).first()


def _ask(account: Account, *, lane: Lane, username: str = "") -> None:
    with client_for(account, lane=lane, username=username) as client:
        client.query_product_list(1, 1)
