"""What changed on a platform without the console, and what a person made of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from console.models.account import Account
from console.models.module import Module
from console.models.product import Product
from console.models.sync import SyncRun


class DriftKind(models.TextChoices):
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


class DriftState(models.TextChoices):
    OPEN = "open"
    ACCEPTED = "accepted"
    CLAIMED = "claimed"
    IGNORED = "ignored"


class DriftItem(models.Model):
    """`module` is empty where the product itself drifted; `before` and `after` hold the fields that differ."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="drift")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="drift")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, null=True, related_name="drift")
    sync = models.ForeignKey(SyncRun, on_delete=models.PROTECT, null=True, related_name="drift")
    kind = models.CharField(max_length=8, choices=DriftKind)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DriftState, default=DriftState.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    claimed_for = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["-found_at", "-id"], name="drift_by_age"),
            models.Index(fields=["account"], condition=Q(state="open"), name="drift_open"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.module or self.product}"

    @property
    def is_open(self) -> bool:
        return self.state == DriftState.OPEN
