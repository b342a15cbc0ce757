"""The limits of an account: published ones until an administrator enters others."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from console.models import Account, Outcome, Quota, QuotaSlot, User
from console.platforms.operations import QUOTA_GROUPS
from console.platforms.rules import Finding, Severity
from console.services import audit
from console.services.errors import RulesBrokenError

MOST = 1000
# The groups whose rows this process has seen; only with their account do they go again.
_made: set[tuple[UUID, str]] = set()


def ensure(account: Account, group: str) -> bool:
    """Make the rows of a group that was never used; however many processes try, they are made once.
    Tell whether any were missing. Raises KeyError for a group that no operation counts against.
    """
    limit = QUOTA_GROUPS[group]
    if (account.pk, group) in _made:
        return False
    quota, _ = Quota.objects.get_or_create(
        account=account, group=group, defaults={"per_second": limit, "allowed": limit}
    )
    missing = _fill(quota)
    _made.add((account.pk, group))
    return missing


def _fill(quota: Quota) -> bool:
    """Slots beyond the limit stay where they are: a limit that goes up again finds them still at rest."""
    there = quota.slots.count()
    missing = [QuotaSlot(quota=quota, number=number) for number in range(there, quota.per_second)]
    QuotaSlot.objects.bulk_create(missing, ignore_conflicts=True)
    return bool(missing)


def change_limits(account: Account, *, limits: Mapping[str, int], actor: User) -> None:
    """Set the calls a second of the groups in `limits` and tell the trail what changed; a cut is forgotten with it.
    Raises RulesBrokenError for a group that does not exist and a limit outside 1 to 1000.
    """
    _check(limits)
    with transaction.atomic():
        before = limits_of(account)
        changed = {group: limit for group, limit in limits.items() if limit != before[group]}
        for group, limit in changed.items():
            quota, _ = Quota.objects.update_or_create(
                account=account, group=group, defaults={"per_second": limit, "allowed": limit, "cut_at": 0}
            )
            _fill(quota)
        if changed:
            _tell(account, actor, {group: f"{before[group]} → {limit} a second" for group, limit in changed.items()})


def limits_of(account: Account) -> dict[str, int]:
    """The calls a second of every quota group."""
    entered = Quota.objects.filter(account=account).values_list("group", "per_second")
    return {**QUOTA_GROUPS, **dict(entered)}


def _check(limits: Mapping[str, int]) -> None:
    broken = [group for group, limit in limits.items() if group not in QUOTA_GROUPS or not 1 <= limit <= MOST]
    if broken:
        raise RulesBrokenError([_broken(group) for group in broken])


def _broken(group: str) -> Finding:
    return Finding(
        field=group,
        severity=Severity.ERROR,
        rule="console.quota.limit",
        message=f"The limit of {group} must be 1 to {MOST} calls a second.",
    )


def _tell(account: Account, actor: User, changes: Mapping[str, str]) -> None:
    audit.append(
        audit.Event(
            action="account.quota",
            outcome=Outcome.DONE,
            actor=actor,
            account=account,
            target=account,
            parameters=changes,
        )
    )
