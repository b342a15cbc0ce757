"""The audit trail: append-only and chained. The stored text is the record; the columns are derived from it."""

from typing import Any

from django.conf import settings
from django.db import models


class Outcome(models.TextChoices):
    REQUESTED = "requested"
    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not_sent", "not sent"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    DENIED = "denied"
    ADOPTED = "adopted"
    CONFLICT = "conflict"
    RETRYABLE = "retryable", "safe to retry"
    ABANDONED = "abandoned"
    DRIFT = "drift"
    SOUND = "sound"
    BROKEN = "broken"


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete an audit entry."""


class AuditEntry(models.Model):
    """`id` is the sequence number, without gaps. Columns are for filtering and paging only. References are plain
    values: an entry outlives what it names. Hashes are SHA-256 in hexadecimal (docs/audit.md).
    """

    id = models.BigIntegerField(primary_key=True)
    record = models.TextField()
    record_hash = models.CharField(max_length=64)
    chain_hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
    at = models.DateTimeField()
    # `audit_by_actor` serves it: with an index on the number alone SQLite reads all of somebody's entries and sorts.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    action = models.CharField(max_length=32)
    outcome = models.CharField(max_length=16, choices=Outcome)
    account_slug = models.CharField(max_length=40, blank=True)
    target_kind = models.CharField(max_length=16, blank=True)
    target_id = models.CharField(max_length=36, blank=True)
    target_name = models.CharField(max_length=128, blank=True)
    operation_id = models.CharField(max_length=36, blank=True)
    request_id = models.CharField(max_length=128, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=["actor", "at", "id"], name="audit_by_actor"),
            models.Index(fields=["action", "at", "id"], name="audit_by_action"),
            models.Index(fields=["outcome", "at", "id"], name="audit_by_outcome"),
            models.Index(fields=["account_slug", "at", "id"], name="audit_by_account"),
            models.Index(fields=["target_id", "at", "id"], name="audit_by_target"),
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["request_id"], name="audit_by_request"),
            models.Index(fields=["operation_id", "id"], name="audit_by_operation"),
        )

    def __str__(self) -> str:
        return f"#{self.pk} {self.action} {self.target_name}: {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("an audit entry cannot be changed")
        # Forced, since Django would rather update a row when it is given the number of one.
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("an audit entry cannot be deleted")
