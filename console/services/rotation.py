"""Rotation of the sealing keys: whatever is sealed is sealed anew with the newest key, while the console runs."""

from dataclasses import dataclass, field
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from console.lib.sealing import SealBrokenError
from console.models import Account, Outcome, Product, User
from console.services import audit, second_factor
from console.services.accounts import sealer, take_turns

BATCH = 100
# As long as a process seals with an older key, each pass finds something.
MOST_PASSES = 5
_FIRST = UUID(int=0)


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many values were sealed anew and how many had no need to be; `broken` names what opens with no key."""

    renewed: int = 0
    current: int = 0
    broken: list[str] = field(default_factory=list)
    is_complete: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether everything that is sealed opens with the newest key."""
        return self.is_complete and not self.broken


def rotate(*, actor: User | None) -> Tally:
    """Seal everything with the first of SEAL_KEYS, in short transactions, until a pass finds nothing left to do. It
    may be interrupted and started again at any time; `actor` is None for a command on the server.
    """
    event = audit.Event(
        action="keys.rotate",
        outcome=Outcome.REQUESTED,
        actor=actor,
        parameters={"keys": str(len(settings.SEAL_KEYS))},
    )
    _tell(event)
    total = Tally()
    for _ in range(MOST_PASSES):
        found = _pass()
        total.renewed += found.renewed
        total.current, total.broken = found.current, found.broken
        total.is_complete = not found.renewed
        if total.is_complete:
            break
    _tell(_outcome(event, total))
    return total


def _outcome(event: audit.Event, total: Tally) -> audit.Event:
    told = {"renewed": str(total.renewed), "broken": str(len(total.broken))}
    return audit.Event(
        action=event.action,
        outcome=Outcome.DONE if total.is_sound else Outcome.UNREADABLE,
        actor=event.actor,
        parameters=dict(event.parameters) | told,
        message="" if total.is_sound else "not everything that is sealed opens with the newest key",
    )


def _tell(event: audit.Event) -> None:
    with transaction.atomic():
        audit.append(event)


def _pass() -> Tally:
    """Go through everything once."""
    tally = Tally()
    for account in Account.objects.order_by("pk"):
        with transaction.atomic():
            _row(Account.objects.select_for_update(no_key=True).get(pk=account.pk), "sealed_access_key_secret", tally)
        last: UUID | None = _FIRST
        while last:
            last = _batch(account, last, tally)
    for number in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            _authenticator(number, tally)
    return tally


def _batch(account: Account, after: UUID, tally: Tally) -> UUID | None:
    """Some products of an account, in its turn: whoever else stores them waits for milliseconds. Where to go on."""
    sealed = Product.objects.filter(account=account, pk__gt=after).exclude(sealed_product_secret="").order_by("pk")
    with transaction.atomic():
        take_turns(account)
        rows = list(sealed.select_for_update(no_key=True)[:BATCH])
        for row in rows:
            _row(row, "sealed_product_secret", tally)
    return rows[-1].pk if len(rows) == BATCH else None


def _row(row: Account | Product, column: str, tally: Tally) -> None:
    renewed = _renew(getattr(row, column), row.place_of_secret, tally)
    if renewed:
        setattr(row, column, renewed)
        row.save(update_fields=[column])


def _authenticator(number: int, tally: Tally) -> None:
    """What allauth keeps sealed of a second factor: the secret of an app, the seed of recovery codes."""
    row = Authenticator.objects.select_for_update(no_key=True).filter(pk=number).first()
    if row is None:
        return
    place = second_factor.place_of(row.user_id)
    renewed = {name: _renew(row.data[name], place, tally) for name in ("secret", "seed") if name in row.data}
    if changes := {name: value for name, value in renewed.items() if value}:
        row.data |= changes
        row.save(update_fields=["data"])


def _renew(sealed: str, place: str, tally: Tally) -> str | None:
    """The value sealed anew, None when there is no need or no way to."""
    try:
        renewed = sealer().renew(sealed, place=place)
    except SealBrokenError:
        tally.broken.append(place)
        return None
    tally.renewed += renewed is not None
    tally.current += renewed is None
    return renewed
