"""Circuits: after several failures in a row nothing is sent to an account's platform until a probe gets through."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from console.models import Account, Circuit, Outcome, User
from console.platforms.errors import NotSent, PlatformError, Refused
from console.services import audit
from console.services.visibility import circuits_of

FAILURES_TO_OPEN = 5
SHORTEST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(seconds=60)

# What a reason may end with, where it is told as why other calls are not sent.
_NOTHING_SENT = "Nothing was sent."


def require_closed(account: Account, *, writes: bool) -> None:
    """Let a call through while the account's platform can be reached, in one query.

    Raises NotSent while the circuit is open; but of the reads that come when a probe is due, one passes.
    """
    circuit = Circuit.objects.filter(account=account).exclude(opened_at=None).first()
    if circuit is None or (not writes and _is_probe(circuit)):
        return
    raise NotSent(_explain(account, circuit))


def _is_probe(circuit: Circuit) -> bool:
    """Take the probe that is due: of several that try, one does. Should it die, the next is due after its time."""
    now = timezone.now()
    due = Circuit.objects.filter(pk=circuit.pk, probe_at=circuit.probe_at, probe_at__lte=now)
    longest_s = settings.FORM_WAIT_S + settings.PLATFORM_TOTAL_TIMEOUT_S
    return bool(due.update(probe_at=now + timedelta(seconds=longest_s)))


def _explain(account: Account, circuit: Circuit) -> str:
    since = _in_words(circuit.opened_at or timezone.now())
    return f"The platform of “{account.title}” has been out of reach since {since}. {why(circuit)} {_NOTHING_SENT}"


def why(circuit: Circuit) -> str:
    """The newest reason, as a sentence."""
    return circuit.reason.removesuffix(_NOTHING_SENT).strip()


def _in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M, H:i T")


@contextmanager
def noting(account: Account) -> Iterator[None]:
    """Note how the exchange in the body ends: with an answer of any kind, or without a usable one."""
    try:
        yield
    except Refused:
        note_success(account)
        raise
    except PlatformError as error:
        note_failure(account, error.reason)
        raise
    else:
        note_success(account)


def note_failure(account: Account, reason: str) -> None:
    """Count one more call without a usable answer; `reason` is a plain sentence. Enough in a row open the circuit."""
    now = timezone.now()
    with transaction.atomic():
        circuit, _ = Circuit.objects.select_for_update().get_or_create(account=account)
        circuit.failures += 1
        circuit.reason = reason
        opens = circuit.opened_at is None and circuit.failures >= FAILURES_TO_OPEN
        if opens:
            circuit.opened_at = now
        if circuit.opened_at:
            circuit.probe_at = now + _pause(now - circuit.opened_at)
        circuit.save()
        if opens:
            _tell("account.unreachable", Outcome.UNREADABLE, account, reason, {"failures": str(circuit.failures)})


def _pause(open_for: timedelta) -> timedelta:
    """Half as long as it is out of reach already, within limits: however many calls fail meanwhile."""
    return min(max(open_for / 2, SHORTEST_PAUSE), LONGEST_PAUSE)


def note_success(account: Account) -> None:
    """Forget the failures and close the circuit; nothing is written when there is nothing to forget."""
    failed = Circuit.objects.filter(account=account, failures__gt=0)
    if not failed.exists():
        return
    with transaction.atomic():
        circuit = failed.select_for_update().first()
        if circuit is None:
            return
        since, circuit.opened_at, circuit.probe_at = circuit.opened_at, None, None
        circuit.failures, circuit.reason = 0, ""
        circuit.save()
        if since:
            _tell_reachable(account, since)


def _tell_reachable(account: Account, since: datetime) -> None:
    message = f"It had been out of reach since {_in_words(since)}."
    _tell("account.reachable", Outcome.DONE, account, message, {"since": since.isoformat(timespec="seconds")})


def _tell(action: str, outcome: Outcome, account: Account, message: str, parameters: Mapping[str, str]) -> None:
    audit.append(
        audit.Event(
            action=action,
            outcome=outcome,
            actor=None,
            account=account,
            target=account,
            parameters=parameters,
            message=message,
        )
    )


def make_due(account: Account) -> None:
    """Let the next read be the probe, though it is not time yet."""
    now = timezone.now()
    Circuit.objects.filter(account=account, probe_at__gt=now).update(probe_at=now)


def find_open(*, reader: User | None = None) -> list[Circuit]:
    """The accounts whose platforms are out of reach, the longest first, in one query: those that `reader` may see,
    all of them for the console itself.
    """
    circuits = circuits_of(reader) if reader else Circuit.objects.all()
    return list(circuits.select_related("account").exclude(opened_at=None).order_by("opened_at", "account"))
