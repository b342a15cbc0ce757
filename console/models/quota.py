"""The quota of an account as slots that calls lease: one second after its answer a slot is free again."""

from django.db import models

from console.models.account import Account


class Quota(models.Model):
    """The calls a second of one quota group. Clocks are seconds of the one clock that all processes share.

    After a throttling answer at `cut_at` only `allowed` slots are given out, and one more for every ten seconds since.
    `missed_at` is when a call last found no slot to lease.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="quotas")
    group = models.CharField(max_length=64)
    per_second = models.IntegerField()
    allowed = models.IntegerField()
    cut_at = models.FloatField(default=0)
    missed_at = models.FloatField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "group"], name="one_quota_per_group"),)

    def __str__(self) -> str:
        return f"{self.group}: {self.per_second}/s"


class QuotaSlot(models.Model):
    """A call that leased it has its `holder`; at `lease_until` it is taken for dead."""

    quota = models.ForeignKey(Quota, on_delete=models.CASCADE, related_name="slots")
    number = models.IntegerField()
    free_at = models.FloatField(default=0)
    holder = models.CharField(max_length=32, blank=True)
    lease_until = models.FloatField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["quota", "number"], name="one_slot_per_number"),)

    def __str__(self) -> str:
        return f"slot {self.number}"


class Lane(models.TextChoices):
    """Who comes first: a person before a form, then the reconciler, then syncs and other bulk work."""

    FORM = "form"
    RECONCILE = "reconcile"
    SYNC = "sync"


class QuotaUse(models.Model):
    """How many calls went out within one minute; `username` is empty for the console's own."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=64)
    lane = models.CharField(max_length=16, choices=Lane)
    username = models.CharField(max_length=150, blank=True)
    minute = models.DateTimeField()
    calls = models.IntegerField()
    throttled = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "minute", "group", "lane", "username"], name="one_count_per_minute"
            ),
        )

    def __str__(self) -> str:
        return f"{self.calls} {self.group}"
