"""A product as the platform showed it last: a cache, disposable."""

import uuid

from django.conf import settings
from django.db import models

from console.models.account import Account


class Product(models.Model):
    class NodeType(models.IntegerChoices):
        DEVICE = 0, "Device"
        GATEWAY = 1, "Gateway"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="products")
    product_key = models.CharField(max_length=64)
    product_name = models.CharField(max_length=128)
    node_type = models.IntegerField(choices=NodeType, null=True)
    data_format = models.IntegerField(null=True)
    description = models.CharField(max_length=400, blank=True)
    aliyun_commodity_code = models.CharField(max_length=32, blank=True)
    auth_type = models.CharField(max_length=32, blank=True)
    category_key = models.CharField(max_length=128, blank=True)
    category_name = models.CharField(max_length=128, blank=True)
    net_type = models.CharField(max_length=32, blank=True)
    protocol_type = models.CharField(max_length=32, blank=True)
    product_status = models.CharField(max_length=32, blank=True)
    id2 = models.BooleanField(null=True)
    owner = models.BooleanField(null=True)
    validate_type = models.IntegerField(null=True)
    device_count = models.BigIntegerField(null=True)
    sealed_product_secret = models.TextField(blank=True)
    remote_created_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField()
    verified_by = models.CharField(max_length=64)
    modules_verified_at = models.DateTimeField(null=True)
    # The first complete reading that did not show it; a second one makes it gone.
    missing_since = models.DateTimeField(null=True)
    vanished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "product_key"], name="product_key_once_per_account"),)
        indexes = (
            models.Index(fields=["product_name", "id"], name="product_by_name"),
            models.Index(fields=["created_at", "id"], name="product_by_age"),
            models.Index(fields=["verified_at", "id"], name="product_by_freshness"),
        )

    def __str__(self) -> str:
        return self.product_name

    @property
    def place_of_secret(self) -> str:
        return f"product.product_secret:{self.pk}"
