"""Verifying the trail: by a person's button in steps that go on where they were, or at once by a command."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils import timezone

from console.models import AuditAnchor, AuditVerification, Outcome, User, VerificationState
from console.services import audit, queues
from console.services.audit_archived import check_archives, find_archive, find_end_before
from console.services.audit_diagnosis import Finding, Kind, Position, is_sealed
from console.services.audit_ends import check_anchors, check_head, find_last, stored_anchors
from console.services.audit_rows import find_row
from console.services.audit_walk import walk
from console.services.queues import Queue

ACTION = "audit.verify"
# A few seconds of work, so that a task ends long before it counts as lost.
STEP = 50_000
STALLED_AFTER = timedelta(minutes=2)
logger = logging.getLogger(__name__)


def start(actor: User) -> AuditVerification:
    """A verification of the whole trail, handed to a worker: the one under way, if one moves."""
    running = find_latest()
    if running and running.state == VerificationState.RUNNING and not is_stalled(running):
        return running
    verification = begin(actor=actor)
    # An entry on top of a broken end would hide where it broke.
    if not check_head():
        _tell(verification, Outcome.REQUESTED)
    _hand_over(verification)
    return verification


def begin(*, actor: User | None, first: int = 1) -> AuditVerification:
    """A verification from entry `first` on, of which nothing is done yet."""
    now = timezone.now()
    return AuditVerification.objects.create(
        started_by=actor, started_at=now, touched_at=now, first=first, last=find_last(), checked_to=first - 1
    )


def step(verification_id: UUID) -> bool:
    """Check the next entries of a running verification; whether there is more to do. Safe to run twice."""
    verification = AuditVerification.objects.get(pk=verification_id)
    if verification.state != VerificationState.RUNNING:
        return False
    go_on(verification, ())
    return verification.state == VerificationState.RUNNING


def go_on(verification: AuditVerification, outside: Iterable[AuditAnchor]) -> None:
    """One step: the next entries, or, behind the last one, the head and the anchors, those from `outside` as well."""
    begun = check_archives() or _position(verification)
    if isinstance(begun, Finding):
        _end(verification, begun)
        return
    position, finding = walk(begun, until=verification.last, at_most=STEP)
    verification.checked_to, verification.chain_hash = position.number, position.chain_hash
    verification.touched_at = timezone.now()
    if not finding and begun.number < position.number < verification.last:
        verification.save(update_fields=["checked_to", "chain_hash", "touched_at"])
        return
    _end(verification, finding or _check_ends(verification, outside))


def _position(verification: AuditVerification) -> Position | Finding:
    """Where to go on: behind an entry whose seal shows that it is the console's own."""
    number = verification.checked_to
    if not number:
        return Position()
    # In this order: a row that is gone by now is in an archive by then.
    known = find_row(number)
    if archive := find_archive(number):
        return find_end_before(archive.first if number < archive.last else number + 1)
    if known is None:
        return Finding(entry=number, kind=Kind.MISSING, text=f"#{number} is missing.")
    if not is_sealed(known) or verification.chain_hash not in ("", known.chain_hash):
        return Finding(entry=number, kind=Kind.FOREIGN_KEY, text="Its seal does not fit its chain hash.")
    return Position(number=number, chain_hash=known.chain_hash)


def _check_ends(verification: AuditVerification, outside: Iterable[AuditAnchor]) -> Finding | None:
    first = verification.first
    return check_anchors(outside, first=first) or check_head() or check_anchors(stored_anchors(), first=first)


def _end(verification: AuditVerification, finding: Finding | None) -> None:
    verification.state = VerificationState.BROKEN if finding else VerificationState.SOUND
    verification.finished_at = verification.touched_at = timezone.now()
    verification.bad_entry = finding.entry if finding else None
    verification.finding = str(finding or "")
    with transaction.atomic():
        # Of two processes that end it, one does.
        running = AuditVerification.objects.filter(pk=verification.pk, state=VerificationState.RUNNING)
        names = ("state", "finished_at", "touched_at", "bad_entry", "finding", "checked_to", "chain_hash")
        if not running.update(**{name: getattr(verification, name) for name in names}):
            return
    if finding:
        logger.error("The audit trail is broken: %s", finding)
    _tell(verification, Outcome.BROKEN if finding else Outcome.SOUND)


def _tell(verification: AuditVerification, outcome: Outcome) -> None:
    """A trail that is broken may be so broken that it takes no entry: then the log has to do."""
    event = audit.Event(
        action=ACTION,
        outcome=outcome,
        actor=verification.started_by,
        parameters={"first": str(verification.first), "last": str(verification.last)},
        message=verification.finding,
    )
    try:
        with transaction.atomic():
            audit.append(event)
    except (DatabaseError, RuntimeError) as error:
        logger.error("The audit trail takes no entry: %s", error)


def find_latest() -> AuditVerification | None:
    """The verification that was started last, None before the first."""
    return AuditVerification.objects.select_related("started_by").order_by("-started_at").first()


def is_stalled(verification: AuditVerification) -> bool:
    """Whether one that runs has not moved for so long that no worker can be at it."""
    return timezone.now() - verification.touched_at > STALLED_AFTER


def _hand_over(verification: AuditVerification) -> None:
    queues.put("console.tasks.verify_step", str(verification.pk), queue=Queue.SYNCS)
