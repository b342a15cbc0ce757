"""An OTA module as the platform showed it last: a cache, disposable."""

import uuid

from django.conf import settings
from django.db import models

from console.models.product import Product


class Module(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="modules")
    module_name = models.CharField(max_length=64)
    folded_name = models.CharField(max_length=64)
    alias_name = models.CharField(max_length=256, blank=True)
    desc = models.CharField(max_length=400, blank=True)
    remote_created_at = models.DateTimeField(null=True)
    remote_modified_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField()
    verified_by = models.CharField(max_length=64)
    # The first complete reading that did not show it; a second one makes it gone.
    missing_since = models.DateTimeField(null=True)
    vanished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["product", "folded_name"], name="module_name_once_per_product"),)
        indexes = (
            models.Index(fields=["module_name", "id"], name="module_by_name"),
            models.Index(fields=["created_at", "id"], name="module_by_age"),
        )

    def __str__(self) -> str:
        return self.module_name

    @property
    def natural_key(self) -> str:
        """What names it within the account, in the ledger too."""
        return f"{self.product.product_key}/{self.folded_name}"
