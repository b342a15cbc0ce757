"""An account on a platform: where it is reached, with which key, and how requests are signed."""

import uuid

from django.db import models


class Account(models.Model):
    class Platform(models.TextChoices):
        ALIBABA = "alibaba", "Alibaba Cloud IoT Platform"
        TUYA = "tuya", "Tuya (Hedwig on Cloud)"

    class SignatureScheme(models.TextChoices):
        ACS3 = "acs3", "ACS3-HMAC-SHA256"
        RPC_V1 = "rpc-v1", "RPC v1, HMAC-SHA1"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    platform = models.CharField(max_length=16, choices=Platform)
    endpoint = models.CharField(max_length=200)
    region = models.CharField(max_length=40, blank=True)
    iot_instance_id = models.CharField(max_length=64, blank=True)
    signature_scheme = models.CharField(max_length=8, choices=SignatureScheme)
    http_method = models.CharField(max_length=4, blank=True)
    access_key_id = models.CharField(max_length=128)
    sealed_access_key_secret = models.TextField()
    # Who may see it and all that is in it; everybody where it names no group.
    visible_to = models.ManyToManyField("auth.Group", blank=True, related_name="accounts")
    is_protected = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug

    @property
    def place_of_secret(self) -> str:
        """Where the sealed secret belongs: a ciphertext that was moved to another row does not open."""
        return f"account.access_key_secret:{self.pk}"
