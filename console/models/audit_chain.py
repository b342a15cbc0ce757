"""What keeps the audit trail honest: the head of its chain, anchors, archives, and what verifications found."""

import uuid

from django.conf import settings
from django.db import models


class AuditHead(models.Model):
    """The one row on which appending takes turns: the last entry's sequence number and chain hash."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    chain_hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_audit_head"),)

    def __str__(self) -> str:
        return f"#{self.sequence}"


class AuditAnchor(models.Model):
    """A signed statement of how the chain stood; copies of it lie outside the database. Ed25519, in base64."""

    sequence = models.BigIntegerField()
    chain_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=["sequence"], name="anchor_by_sequence"),)

    def __str__(self) -> str:
        return f"anchor at #{self.sequence}"


class AuditArchive(models.Model):
    """Entries `first` to `last` that were moved into a sealed file; `chain_hash` is that of the last one.

    `record_hashes` has 32 bytes for each entry, `stays` a bit, the lowest of each byte first, that is set when its row
    stays here.
    """

    first = models.BigIntegerField()
    last = models.BigIntegerField(unique=True)
    chain_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    record_hashes = models.BinaryField(default=b"")
    stays = models.BinaryField(default=b"")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.first} to #{self.last}"


class VerificationState(models.TextChoices):
    RUNNING = "running"
    SOUND = "sound"
    BROKEN = "broken"


class AuditVerification(models.Model):
    """One verification and how far it got: `checked_to` and its chain hash are where an interrupted one goes on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=8, choices=VerificationState, default=VerificationState.RUNNING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    first = models.BigIntegerField(default=1)
    last = models.BigIntegerField()
    checked_to = models.BigIntegerField(default=0)
    chain_hash = models.CharField(max_length=64, blank=True)
    bad_entry = models.BigIntegerField(null=True)
    finding = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["-started_at"], name="verification_by_age"),)

    def __str__(self) -> str:
        return f"verification to #{self.last}: {self.state}"
