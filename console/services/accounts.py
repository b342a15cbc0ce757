"""Accounts: entered by administrators; the only place where an access key secret is opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare

from console.lib.sealing import SealBrokenError, Sealer
from console.models import Account, Lane, Outcome, User
from console.platforms.addresses import Reach
from console.platforms.client import PlatformClient
from console.platforms.errors import NotSent
from console.platforms.rules import Finding, Severity
from console.platforms.types import Connection, Credentials, Platform, SignatureScheme, Timeouts
from console.services import audit, circuit
from console.services.errors import RulesBrokenError
from console.services.gate import gate_for


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """What an administrator enters. `access_key_secret` is empty where an edit keeps the stored one; without
    `visible_to` everybody sees the account.
    """

    slug: str
    title: str
    platform: str
    endpoint: str
    signature_scheme: str
    access_key_id: str
    access_key_secret: str = field(default="", repr=False)
    region: str = ""
    iot_instance_id: str = ""
    http_method: str = ""
    is_protected: bool = False
    visible_to: tuple[Group, ...] = ()


# /accounts/new/ is where accounts are entered: one of this name could not be opened.
NO_SLUG = "new"
# What may stand in the audit trail of an account; the secret is told of by one word.
_AUDITED = (
    "slug",
    "title",
    "platform",
    "endpoint",
    "signature_scheme",
    "access_key_id",
    "region",
    "iot_instance_id",
    "http_method",
    "is_protected",
)


def take_turns(account: Account) -> None:
    """Lock the account for the rest of the transaction, as the first thing in it that locks: what is recorded,
    settled and stored of one account follows one another. No check misses what is being settled (two people at
    nine of ten modules, the same form from two tabs), and of two readings that show a new product one inserts
    it. SQLite has one writer at a time anyway.
    """
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)


@cache
def sealer() -> Sealer:
    return Sealer(settings.SEAL_KEYS)


def create(*, entry: AccountEntry, actor: User | None) -> Account:
    """Store a new account and tell the trail; `actor` is None for a command on the server. Raises RulesBrokenError
    when the slug is taken, by another account or by the page of a new one.
    """
    if entry.slug == NO_SLUG:
        raise RulesBrokenError([_taken(f"An account cannot be called “{NO_SLUG}”: that is the address of this form.")])
    account = Account()
    _fill(account, entry)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            account.visible_to.set(entry.visible_to)
            _tell("account.create", account, entry, actor, _facts_of(account))
    except IntegrityError:
        raise RulesBrokenError([_taken(f"There is an account “{entry.slug}” already.")]) from None
    return account


def _taken(message: str) -> Finding:
    return Finding(field="slug", severity=Severity.ERROR, rule="console.account.taken", message=message)


def update(account: Account, *, entry: AccountEntry, actor: User | None) -> Account:
    """Change an account. Its slug and platform stay: products and the trail refer to them."""
    with transaction.atomic():
        before = _facts_of(Account.objects.get(pk=account.pk))
        slug, platform = account.slug, account.platform
        _fill(account, entry)
        account.slug, account.platform = slug, platform
        # Not the secret that is kept: what was loaded before a rotation of the keys must not come back after it.
        account.save(update_fields=[*_AUDITED, *(["sealed_access_key_secret"] if entry.access_key_secret else [])])
        account.visible_to.set(entry.visible_to)
        # What was out of reach may be so no longer.
        circuit.make_due(account)
        _tell("account.update", account, entry, actor, _compared(before, _facts_of(account)))
    return account


def _fill(account: Account, entry: AccountEntry) -> None:
    for name in _AUDITED:
        setattr(account, name, getattr(entry, name))
    if entry.access_key_secret:
        account.sealed_access_key_secret = sealer().seal(entry.access_key_secret, place=account.place_of_secret)


def _facts_of(account: Account) -> dict[str, str]:
    groups = account.visible_to.order_by("name").values_list("name", flat=True)
    facts = {name: str(getattr(account, name)) for name in _AUDITED}
    return facts | {"visible_to": ", ".join(groups) or "everybody"}


def _compared(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """What changed by what it was and is, the rest as it is."""
    told: dict[str, str] = {}
    for name, value in after.items():
        told |= {name: value} if before[name] == value else {f"before {name}": before[name], f"after {name}": value}
    return told


def _tell(action: str, account: Account, entry: AccountEntry, actor: User | None, facts: Mapping[str, str]) -> None:
    told = {**facts, "access_key_secret": "changed" if entry.access_key_secret else "kept"}
    if actor is None:
        told["by"] = "command"
    audit.append(
        audit.Event(action=action, outcome=Outcome.DONE, actor=actor, account=account, target=account, parameters=told)
    )


def has_key(account: Account, *, key_id: str, key_secret: str) -> bool:
    """Whether the account signs with this very key; not with one that the present sealing keys do not open."""
    try:
        stored = sealer().open(account.sealed_access_key_secret, place=account.place_of_secret)
    except SealBrokenError:
        return False
    return account.access_key_id == key_id and constant_time_compare(stored, key_secret)


def get_reach() -> Reach:
    """How far calls may go: the sandbox of the demonstration is on this machine."""
    if settings.ALLOW_PRIVATE_ENDPOINTS:
        return Reach.PRIVATE
    return Reach.LOOPBACK if settings.DEMO else Reach.PUBLIC


def connection_of(account: Account) -> Connection:
    """How an account's platform is reached: no secret in it."""
    return Connection(
        platform=Platform(account.platform),
        endpoint=account.endpoint,
        region=account.region,
        iot_instance_id=account.iot_instance_id,
        scheme=SignatureScheme(account.signature_scheme),
        http_method=account.http_method,
        reach=get_reach(),
        timeouts=Timeouts(
            connect_s=settings.PLATFORM_CONNECT_TIMEOUT_S,
            read_s=settings.PLATFORM_READ_TIMEOUT_S,
            total_s=settings.PLATFORM_TOTAL_TIMEOUT_S,
        ),
    )


def client_for(
    account: Account, *, lane: Lane = Lane.FORM, username: str = "", admitted: Callable[[], None] | None = None
) -> PlatformClient:
    """A client that signs with the account's key; use it as a context manager. Each of its calls waits for its turn
    in `lane`, counts as `username`'s, and calls `admitted` the moment before the request leaves.

    Raises NotSent, in words for an administrator, when what is stored of the account cannot be used.
    """
    try:
        secret = sealer().open(account.sealed_access_key_secret, place=account.place_of_secret)
        return PlatformClient(
            connection_of(account),
            Credentials(access_key_id=account.access_key_id, access_key_secret=secret),
            gate_for(account, lane=lane, username=username, admitted=admitted),
        )
    except SealBrokenError as error:
        raise NotSent(
            "The account's access key secret does not open with the present sealing keys. Nothing was sent."
        ) from error
    except ValueError as error:
        raise NotSent(f"The account's settings cannot be used: {error} Nothing was sent.") from error
