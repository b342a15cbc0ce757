"""The ledger: every write that was ever asked of a platform on somebody's behalf, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from console.models.account import Account
from console.models.module import Module
from console.models.product import Product


class Action(models.TextChoices):
    PRODUCT_CREATE = "product.create", "create product"
    PRODUCT_UPDATE = "product.update", "edit product"
    MODULE_CREATE = "module.create", "create module"
    MODULE_UPDATE = "module.update", "edit module"
    MODULE_DELETE = "module.delete", "delete module"


class OperationState(models.TextChoices):
    """`planned` and `sent` are under way; `unknown` is looked up until it is known; `conflict` and `retryable` wait
    for a person; the others are settled.
    """

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not_sent", "not sent"
    UNKNOWN = "unknown"
    ADOPTED = "adopted"
    CONFLICT = "conflict"
    RETRYABLE = "retryable", "safe to retry"
    ABANDONED = "abandoned"


UNDER_WAY = (OperationState.PLANNED, OperationState.SENT)
FOR_A_PERSON = (OperationState.CONFLICT, OperationState.RETRYABLE)
OPEN_STATES = (*UNDER_WAY, OperationState.UNKNOWN, *FOR_A_PERSON)
# The platform may have it already, or get it yet: it counts where room is counted.
MAY_EXIST = (*UNDER_WAY, OperationState.UNKNOWN, OperationState.CONFLICT)


class Operation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_token = models.UUIDField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="operations")
    action = models.CharField(max_length=32, choices=Action)
    natural_key = models.CharField(max_length=200)
    target_name = models.CharField(max_length=128)
    parameters = models.JSONField()
    # What the console knew before of the parameters that an edit changes.
    before = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=OperationState, default=OperationState.PLANNED)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="operations")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="operations")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, null=True, related_name="operations")
    request_id = models.CharField(max_length=128, blank=True)
    http_status = models.IntegerField(null=True)
    code = models.CharField(max_length=128, blank=True)
    message = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # What the last look-up on the platform showed, and when the next one is due.
    looks = models.IntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    retry_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="retry")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "action", "natural_key"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_operation_per_thing",
            ),
        )
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="operation_by_age"),
            models.Index(fields=["product", "state"], name="operation_by_product"),
            models.Index(fields=["actor", "-created_at", "-id"], name="operation_by_actor"),
            models.Index(fields=["action", "-created_at", "-id"], name="operation_by_action"),
            models.Index(fields=["state", "-created_at", "-id"], name="operation_by_state"),
            models.Index(fields=["account", "-created_at", "-id"], name="operation_by_account"),
            models.Index(fields=["created_at"], condition=Q(state__in=OPEN_STATES), name="operation_open"),
        )

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.target_name}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES
