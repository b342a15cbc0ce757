"""Anchors: signed statements of how the chain stands, kept outside the database, so that a cut tail shows."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from console.lib import chain
from console.lib.canonical import canonical
from console.models import AuditAnchor, AuditEntry, AuditHead, Outcome, User
from console.services import audit, audit_guards, audit_places
from console.services.audit_places import PlaceError
from console.services.audit_signing import is_signed, public_key, sign

ACTION = "audit.anchor"
logger = logging.getLogger(__name__)


def anchor_now(*, actor: User | None = None, by: str = "") -> AuditAnchor:
    """Sign the present head, store the anchor and send it to every place. A place that fails is told to log and
    trail, and the others get theirs. `by` says what asked for it when no person did.
    """
    anchor = _make()
    failed = _send(anchor)
    for place, reason in failed.items():
        logger.error("The anchor at #%s did not reach the %s: %s", anchor.sequence, place, reason)
        _tell(anchor, Outcome.NOT_SENT, actor, {"place": place}, f"The {place} did not take the anchor: {reason}.")
    if (actor or by) and not failed:
        _tell(anchor, Outcome.DONE, actor, {"by": by} if by else {})
    return anchor


def anchor_due() -> AuditAnchor | None:
    """What the schedule does: anchor what came since the last anchor, None for nothing, with the guards in place."""
    audit_guards.ensure()
    latest = AuditAnchor.objects.order_by("-id").first()
    head = AuditHead.objects.get()
    if latest and (latest.sequence, latest.chain_hash) == (head.sequence, head.chain_hash):
        return None
    return anchor_now()


def find_failures() -> list[AuditEntry]:
    """What the trail tells of places that did not take the latest anchor, oldest first."""
    latest = AuditAnchor.objects.order_by("-id").first()
    told = AuditEntry.objects.filter(action=ACTION, outcome=Outcome.NOT_SENT).order_by("id")
    return list(told.filter(id__gt=latest.sequence)) if latest else []


def text_of(anchor: AuditAnchor) -> str:
    """The text that an anchor's signature is of."""
    return chain.anchor_text(sequence=anchor.sequence, chain_hash=anchor.chain_hash, at=moment(anchor.at))


def line_of(anchor: AuditAnchor) -> str:
    """An anchor as one line of JSON, as every place gets it."""
    return canonical(
        {
            "sequence": anchor.sequence,
            "chain_hash": anchor.chain_hash,
            "at": moment(anchor.at),
            "signature": anchor.signature,
            "public_key": anchor.public_key,
        }
    )


def is_own(anchor: AuditAnchor) -> bool:
    """Whether this installation's key signed the anchor as it stands."""
    try:
        return is_signed(text_of(anchor), anchor.signature)
    except (AttributeError, TypeError):
        # SQLite stores anything in any column.
        return False


def moment(at: datetime) -> str:
    """A moment as anchors write it: ISO 8601 with microseconds."""
    return at.isoformat(timespec="microseconds")


def _make() -> AuditAnchor:
    # Committed by itself: what was sent out must not be rolled back here.
    with transaction.atomic(durable=True):
        head = AuditHead.objects.get()
        anchor = AuditAnchor(sequence=head.sequence, chain_hash=head.chain_hash, at=timezone.now())
        anchor.public_key = public_key()
        anchor.signature = sign(text_of(anchor))
        anchor.save(force_insert=True)
        return anchor


def _send(anchor: AuditAnchor) -> dict[str, str]:
    """Why each place failed that did."""
    failed = {}
    for place in audit_places.configured():
        try:
            audit_places.send(place, line_of(anchor), signature=anchor.signature)
        except PlaceError as error:
            failed[place] = str(error)
    return failed


def _tell(
    anchor: AuditAnchor, outcome: Outcome, actor: User | None, details: dict[str, str], message: str = ""
) -> None:
    parameters = {"sequence": str(anchor.sequence)} | details
    event = audit.Event(action=ACTION, outcome=outcome, actor=actor, parameters=parameters, message=message)
    with transaction.atomic():
        audit.append(event)
