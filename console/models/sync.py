"""One reading of an account's products and modules into the cache, and how far it got."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from console.models.account import Account


class SyncState(models.TextChoices):
    RUNNING = "running"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SyncRun(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="syncs")
    state = models.CharField(max_length=16, choices=SyncState, default=SyncState.RUNNING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    next_page = models.IntegerField(default=1)
    pages_read = models.IntegerField(default=0)
    products_total = models.IntegerField(null=True)
    products_read = models.IntegerField(default=0)
    pages_complete = models.BooleanField(default=False)
    modules_read = models.IntegerField(default=0)
    products_done = models.IntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account"], condition=Q(state=SyncState.RUNNING), name="one_running_sync_per_account"
            ),
        )
        indexes = (models.Index(fields=["account", "-started_at"], name="sync_by_age"),)

    def __str__(self) -> str:
        return f"sync of {self.account_id}: {self.state}"
